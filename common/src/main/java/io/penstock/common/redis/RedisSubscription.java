package io.penstock.common.redis;

import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One connection that hears what is published to the channels of a pattern, and that mends itself. What is published
 * while it is down is lost, which is why the listener is told of every new connection.
 */
public final class RedisSubscription {

    private static final Logger LOG = Logger.getLogger(RedisSubscription.class);

    private static final Backoff BACKOFF = Backoff.ofMillis(50, 2_000);

    /** A connection that came to nothing in this time counts as failed. */
    private static final long CONNECT_DEADLINE_MS = 3_000;

    /** Between two questions whether the server still answers: a connection that is merely silent says nothing else. */
    private static final long PROBE_MS = 1_000;

    /** Called on the connection's event loop. */
    public interface Listener {

        void heard(String message);

        /** The subscription stands, for the first time or again. */
        void connected();

        /** It stands no longer: what is published from now on is not heard. */
        default void lost() {}
    }

    private final EventLoopContext context;
    private final Supplier<Redis> clients;
    private final String pattern;
    private final Listener listener;
    private @Nullable Redis client;
    private final boolean probing;
    private boolean closed;

    /**
     * Connects at once.
     *
     * @param clients makes a new client for each connection
     */
    public RedisSubscription(EventLoopContext context, Supplier<Redis> clients, String pattern, Listener listener) {
        this(context, clients, pattern, listener, false);
    }

    /** @param probing asks each second whether the server still answers, at the price of a command */
    RedisSubscription(
            EventLoopContext context, Supplier<Redis> clients, String pattern, Listener listener, boolean probing) {
        this.probing = probing;
        this.context = context;
        this.clients = clients;
        this.pattern = pattern;
        this.listener = listener;
        this.context.runOnContext(start -> connect(0));
    }

    private void connect(int failures) {
        Redis next = clients.get();
        synchronized (this) {
            if (closed) {
                next.close();
                return;
            }
            client = next;
        }
        Attempt attempt = new Attempt(next, failures);
        attempt.timer = context.setTimer(CONNECT_DEADLINE_MS, id -> attempt.failed("no answer in time"));
        next.connect()
                .compose(attempt::subscribe)
                .onSuccess(answer -> attempt.stands())
                .onFailure(failure -> attempt.failed(String.valueOf(failure.getMessage())));
    }

    /** One connection from its making to its end; every way out leads to the next one, once. */
    private final class Attempt {

        private final Redis of;
        private final int failuresBefore;
        private long timer;
        private boolean stood;
        private boolean over;
        private @Nullable RedisConnection connection;

        Attempt(Redis of, int failuresBefore) {
            this.of = of;
            this.failuresBefore = failuresBefore;
        }

        io.vertx.core.Future<Response> subscribe(RedisConnection connection) {
            this.connection = connection;
            connection.handler(RedisSubscription.this::push);
            connection.exceptionHandler(failure -> failed(String.valueOf(failure.getMessage())));
            connection.endHandler(end -> failed("the connection has ended"));
            return connection.send(Request.cmd(Command.PSUBSCRIBE).arg(pattern));
        }

        void stands() {
            if (!over) {
                stood = true;
                context.cancelTimer(timer);
                listener.connected();
                if (probing) {
                    probeLater();
                }
            }
        }

        private void probeLater() {
            timer = context.setTimer(PROBE_MS, id -> probe());
        }

        private void probe() {
            if (over || connection == null) {
                return;
            }
            timer = context.setTimer(PROBE_MS, id -> failed("it does not answer"));
            connection.send(Request.cmd(Command.PING)).onComplete(pong -> {
                context.cancelTimer(timer);
                if (pong.failed()) {
                    failed(String.valueOf(pong.cause().getMessage()));
                } else if (!over) {
                    // With RESP2 a message looks like the answer to whatever was asked last.
                    push(pong.result());
                    probeLater();
                }
            });
        }

        void failed(String why) {
            if (over) {
                return;
            }
            over = true;
            context.cancelTimer(timer);
            of.close();
            synchronized (RedisSubscription.this) {
                if (closed) {
                    // Whoever ended it knows, and may be gone itself by now.
                    return;
                }
            }
            if (stood) {
                listener.lost();
            }
            int failures = stood ? 1 : failuresBefore + 1;
            if (failures == 1) {
                LOG.infof("redis subscription to '%s' is down, will keep trying: %s", pattern, why);
            }
            context.setTimer(BACKOFF.pause(failures).toMillis(), id -> connect(failures));
        }
    }

    /** {@code pmessage, pattern, channel, message}; anything else is the protocol's own talk, such as a late PONG. */
    private void push(@Nullable Response push) {
        boolean list = push != null && (push.type() == ResponseType.PUSH || push.type() == ResponseType.MULTI);
        if (push != null && list && push.size() == 4 && "pmessage".equals(String.valueOf(push.get(0)))) {
            listener.heard(push.get(3).toString());
        }
    }

    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.close();
        }
    }
}
