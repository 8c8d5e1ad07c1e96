package io.penstock.common.redis;

import io.penstock.common.loop.Backoff;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Hears from one sentinel that another server has become the master. Without it connections to a master that lives on
 * would stay until Sentinel demotes that, seconds later, and what it accepted meanwhile would be thrown away.
 *
 * <p>Each configured sentinel is listened to, because each learns of the switch at its own time, and connecting again
 * asks any of them.
 */
final class SentinelWatch {

    private static final Logger LOG = Logger.getLogger(SentinelWatch.class);

    private static final String CHANNEL = "+switch-master";
    /** Always as long: sentinels are few. Jittered, so that not all processes come at the same instants. */
    private static final Backoff PAUSE = Backoff.ofMillis(1_000, 1_000);
    /** A sentinel that accepts the connection and then says nothing is as good as none. */
    private static final long SUBSCRIBE_DEADLINE_MS = 3_000;

    private final Vertx vertx;
    private final Supplier<Redis> clients;
    private final String masterName;
    private final Runnable onSwitch;
    private volatile @Nullable Redis client;
    private volatile boolean closed;

    /**
     * @param clients makes clients for the sentinel
     * @param onSwitch called at each switch, and after a time without connection, in which one may have been missed
     */
    SentinelWatch(Vertx vertx, Supplier<Redis> clients, String masterName, Runnable onSwitch) {
        this.vertx = vertx;
        this.clients = clients;
        this.masterName = masterName;
        this.onSwitch = onSwitch;
    }

    void start() {
        listen(false);
    }

    private void listen(boolean again) {
        if (closed) {
            return;
        }
        Redis opened = clients.get();
        client = opened;
        long timer = vertx.setTimer(SUBSCRIBE_DEADLINE_MS, id -> startOver(opened));
        opened.connect()
                .compose(connection -> subscribe(connection, opened))
                .onComplete(ended -> vertx.cancelTimer(timer))
                .onSuccess(subscribed -> {
                    if (again) {
                        onSwitch.run();
                    }
                })
                .onFailure(failure -> startOver(opened));
    }

    private Future<Response> subscribe(RedisConnection connection, Redis opened) {
        connection.handler(this::heard).endHandler(end -> startOver(opened));
        return connection.send(Request.cmd(Command.SUBSCRIBE).arg(CHANNEL));
    }

    /** A message is: "message", the channel, "name old-host old-port new-host new-port". */
    private void heard(Response message) {
        boolean isSwitch = message.size() == 3
                && "message".equals(String.valueOf(message.get(0)))
                && String.valueOf(message.get(2)).startsWith(masterName + " ");
        if (isSwitch) {
            LOG.infof("Redis has another master: %s", message.get(2));
            onSwitch.run();
        }
    }

    private void startOver(Redis failed) {
        if (drop(failed) && !closed) {
            vertx.setTimer(PAUSE.pause(1).toMillis(), id -> listen(true));
        }
    }

    void close() {
        closed = true;
        Redis last = client;
        if (last != null) {
            drop(last);
        }
    }

    /** Closes the client, once: both ends may want to. True when it was the one in use. */
    private synchronized boolean drop(Redis used) {
        if (!used.equals(client)) {
            return false;
        }
        client = null;
        used.close();
        return true;
    }
}
