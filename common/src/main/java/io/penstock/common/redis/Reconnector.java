package io.penstock.common.redis;

import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Redis;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connection, and makes it again with growing, jittered pauses when it was lost; calls that come meanwhile wait
 * for the next one, up to a bound.
 */
final class Reconnector {

    private static final Logger LOG = Logger.getLogger(Reconnector.class);

    /** The cap is short enough that work goes on within two seconds after Redis is back. */
    private static final Backoff BACKOFF = Backoff.ofMillis(20, 1_000);

    /** Calls that may wait for a connection at once; more would be a pile of requests for a server that is not there. */
    private static final int MAX_WAITING = 20_000;

    static final Duration CONNECT_DEADLINE = Duration.ofSeconds(3);

    /** Between a refusal and the next try: a failover takes longer than that, and nothing is gained by knocking faster. */
    static final long REFUSED_PAUSE_MS = 100;

    /** Causes that are said of one outage: more would be noise. */
    private static final int MAX_CAUSES = 5;

    /** For so long a connection that is no longer used stays open, so that commands under way get their answers. */
    private static final long FAREWELL_MS = 1_000;

    private final EventLoopContext context;
    private final Supplier<Redis> clients;
    private final String name;
    /** Told when the connection was lost or cannot be made; null: refusals are mended here. */
    private final @Nullable Runnable onTrouble;

    private final Set<PendingCall<?>> waiting = new LinkedHashSet<>();
    private @Nullable ClientConnection connected;
    private boolean connecting;
    private boolean rested;
    /** Whether the next connection replaces one that was lost, not one that was given up for want of work. */
    private boolean wasLost;

    private volatile boolean closed;
    private long connects;
    /** What the attempts since the last connection failed by, as far as it was said; guarded by this. */
    private final Set<String> causesSaid = new LinkedHashSet<>();

    Reconnector(EventLoopContext context, Supplier<Redis> clients, String name, @Nullable Runnable onTrouble) {
        this.context = context;
        this.clients = clients;
        this.name = name;
        this.onTrouble = onTrouble;
    }

    /** Whether a call that the server refused is repeated over a new connection; else its caller is told. */
    boolean mendsRefusals() {
        return onTrouble == null;
    }

    void startOrWait(PendingCall<?> call) {
        ClientConnection now;
        synchronized (this) {
            now = connected;
            if (now == null && !closed && waiting.size() < MAX_WAITING) {
                waiting.add(call);
                if (!connecting) {
                    connecting = true;
                    connectSoon();
                }
                return;
            }
        }
        if (now != null) {
            call.start(now);
        } else {
            call.fail(
                    closed
                            ? new ConnectionClosedException(name)
                            : new NotSentException("too many calls wait for Redis (link '" + name + "')"));
        }
    }

    /** The server did not run the call, because it is no master, or not yet ready: connect anew and try again. */
    void tryElsewhere(PendingCall<?> call, ClientConnection refusing) {
        if (lost(refusing)) {
            context.setTimer(FAREWELL_MS, id -> refusing.close());
        }
        call.detach();
        context.setTimer(REFUSED_PAUSE_MS, id -> startOrWait(call));
    }

    /** A call that still waits must not take effect after its caller was told that it failed. */
    synchronized void forget(PendingCall<?> call) {
        waiting.remove(call);
    }

    /** Closes the connection in use and leaves it at that: the next call connects anew. */
    void leave() {
        ClientConnection last = takeConnection();
        if (last != null) {
            last.close();
        }
    }

    /** The same where nothing is wrong: the next call connects anew at once. */
    void rest() {
        synchronized (this) {
            rested |= connected != null;
        }
        leave();
    }

    /** Connects anew for what is sent from now on; calls under way get their answers. */
    void renew() {
        ClientConnection last = takeConnection();
        if (last != null) {
            context.setTimer(FAREWELL_MS, id -> last.close());
        }
    }

    private synchronized @Nullable ClientConnection takeConnection() {
        ClientConnection last = connected;
        connected = null;
        return last;
    }

    /** Ends the link in peace: calls under way get their answers, those that still wait for a connection fail unsent. */
    void retire() {
        List<PendingCall<?>> calls;
        synchronized (this) {
            closed = true;
            calls = List.copyOf(waiting);
            waiting.clear();
        }
        renew();
        calls.forEach(call -> call.fail(new ConnectionClosedException(name)));
    }

    synchronized void close() {
        closed = true;
        if (connected != null) {
            connected.close();
        }
    }

    boolean isClosed() {
        return closed;
    }

    synchronized long connects() {
        return connects;
    }

    /** The first time at once. Later all clients of a server have lost it at the same instant, and must not all come back at one. */
    private void connectSoon() {
        if (connects == 0 || rested) {
            rested = false;
            context.runOnContext(start -> connect(0));
        } else {
            context.setTimer(BACKOFF.pause(1).toMillis(), id -> connect(0));
        }
    }

    private void connect(int failures) {
        attempt().onSuccess(link -> established(link, failures)).onFailure(failure -> retry(failures + 1, failure));
    }

    private Future<ClientConnection> attempt() {
        Promise<ClientConnection> attempt = Promise.promise();
        Redis client = clients.get();
        long timer = context.setTimer(
                CONNECT_DEADLINE.toMillis(), id -> attempt.tryFail(new RedisDeadlineException(name, CONNECT_DEADLINE)));
        client.connect().onComplete(result -> {
            context.cancelTimer(timer);
            if (result.succeeded()) {
                attempt.tryComplete(new ClientConnection(client, result.result(), new AtomicBoolean()));
            } else {
                attempt.tryFail(result.cause());
            }
        });
        return attempt.future().onFailure(failure -> client.close());
    }

    private void established(ClientConnection link, int failures) {
        link.connection()
                .exceptionHandler(failure -> {
                    // The client has closed the connection by now, and need not say a second time that it has ended.
                    LOG.debugf("redis link '%s': %s", name, failure.getMessage());
                    ended(link);
                })
                .endHandler(end -> ended(link));
        List<PendingCall<?>> calls;
        synchronized (this) {
            connects++;
            causesSaid.clear();
            if (wasLost) {
                ConnectionCounts.OF_THIS_PROCESS.reconnected();
            }
            wasLost = false;
            connecting = false;
            connected = closed ? null : link;
            calls = List.copyOf(waiting);
            waiting.clear();
        }
        if (closed) {
            link.close();
        }
        if (failures > 0) {
            LOG.infof("redis link '%s' is connected again", name);
        }
        calls.forEach(call -> call.start(link));
    }

    private void retry(int failures, Throwable failure) {
        List<PendingCall<?>> calls = List.of();
        synchronized (this) {
            if (closed) {
                calls = List.copyOf(waiting);
                waiting.clear();
            }
        }
        if (closed) {
            calls.forEach(call -> call.fail(failure));
            return;
        }
        ConnectionCounts.OF_THIS_PROCESS.failed();
        sayOnce(cause(failure));
        tellTrouble();
        context.setTimer(BACKOFF.pause(failures).toMillis(), id -> connect(failures));
    }

    /** Once for each cause: a server that was away and now shows a certificate nobody trusts needs another remedy. */
    private void sayOnce(String cause) {
        boolean isNew;
        synchronized (this) {
            isNew = causesSaid.size() < MAX_CAUSES && causesSaid.add(cause);
        }
        if (isNew) {
            LOG.warnf(
                    "redis link '%s' cannot connect, will keep trying: %s",
                    name, cause.strip().replaceAll("\\s*\\R\\W*", "; "));
        }
    }

    /** A handshake that fails says no more than that; why is in what it was caused by. */
    private static String cause(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = failure.getMessage();
        return root == failure
                        || root.getMessage() == null
                        || String.valueOf(message).contains(root.getMessage())
                ? String.valueOf(message)
                : message + ": " + root.getMessage();
    }

    /** The connection has ended, or is to. */
    void ended(ClientConnection link) {
        boolean wasInUse = lost(link);
        link.close();
        if (wasInUse) {
            tellTrouble();
        }
    }

    /** True when the connection was the one in use. */
    private synchronized boolean lost(ClientConnection link) {
        if (!link.equals(connected)) {
            return false;
        }
        connected = null;
        wasLost = true;
        return true;
    }

    private void tellTrouble() {
        if (onTrouble != null && !closed) {
            onTrouble.run();
        }
    }
}
