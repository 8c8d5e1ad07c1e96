package io.penstock.common.redis;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis that many callers share and that mends itself.
 *
 * <p>Commands are pipelined: nothing waits for the answer of another. While the connection is down, callers wait for
 * the next one, each no longer than its own deadline; connecting is tried again with growing, jittered pauses. A
 * command that misses its deadline closes the connection, because whatever is behind it in the pipeline is in doubt.
 *
 * <p>Each connection has a client of its own. A shared one would hand out its pooled connections, of which there are
 * few, and would take a hanging one back into the pool instead of closing it.
 *
 * <p>A link for blocking reads must have no other users.
 */
public final class RedisLink {

    private static final Logger LOG = Logger.getLogger(RedisLink.class);

    /** First pause between two attempts to connect; doubles up to {@link #MAX_PAUSE_MS}. */
    private static final long MIN_PAUSE_MS = 20;
    /** Short enough that work goes on within two seconds after Redis is back. */
    private static final long MAX_PAUSE_MS = 1_000;

    /** Calls that may wait for a connection at once; more would be a pile of requests for a server that is not there. */
    private static final int MAX_WAITING = 20_000;

    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(3);

    private final ContextInternal context;
    private final Supplier<Redis> clients;
    private final String name;
    private final Set<Call> waiting = new LinkedHashSet<>();
    private @Nullable Connected connected;
    private boolean connecting;
    private volatile boolean closed;
    private long connects;

    /**
     * @param context the event loop that serves the connection; callers may be anywhere and are answered where they are
     * @param clients makes a new client for each connection
     * @param name says in the log what the link is for
     */
    public RedisLink(Context context, Supplier<Redis> clients, String name) {
        this.context = (ContextInternal) context;
        this.clients = clients;
        this.name = name;
    }

    /** Sends one command. Fails when there is no answer within the deadline, waiting for a connection included. */
    public Future<Response> send(Request request, Duration deadline) {
        return within(deadline, link -> link.send(request));
    }

    /**
     * Sends commands in one write and answers when all have been answered. The answers of the others are lost when
     * one fails, so that only commands belong here that do not fail singly.
     */
    public Future<List<Response>> batch(List<Request> requests, Duration deadline) {
        return within(deadline, link -> link.batch(requests));
    }

    /** Runs a script by its digest, or by its source where the server does not have it (after a restart, in a new node). */
    public Future<Response> run(LuaScript script, List<String> keys, List<?> args, Duration deadline) {
        return within(deadline, link -> link.send(call(Command.EVALSHA, script.sha1(), keys, args))
                .recover(failure -> isNoScript(failure)
                        ? link.send(call(Command.EVAL, script.source(), keys, args))
                        : Future.failedFuture(failure)));
    }

    /** A promise whose listeners are called where they were added, not on this link's event loop. */
    public <T> Promise<T> promise() {
        return context.owner().promise();
    }

    /** Runs the action on this link's event loop after a while. */
    public void after(Duration delay, Runnable action) {
        context.setTimer(Math.max(1, delay.toMillis()), id -> action.run());
    }

    /** How often the link has connected so far; grows by one with each reconnect. */
    public synchronized long connects() {
        return connects;
    }

    public synchronized void close() {
        closed = true;
        if (connected != null) {
            connected.close();
        }
    }

    private static Request call(Command command, String script, List<String> keys, List<?> args) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        for (String key : keys) {
            request.arg(key);
        }
        for (Object arg : args) {
            request.arg(arg.toString());
        }
        return request;
    }

    private static boolean isNoScript(Throwable failure) {
        String message = failure.getMessage();
        return message != null && message.startsWith("NOSCRIPT");
    }

    private <T> Future<T> within(Duration deadline, Function<RedisConnection, Future<T>> action) {
        Promise<T> answer = promise();
        Call call = new Call() {
            @Override
            public void start(Connected connected) {
                usedConnection = connected;
                action.apply(connected.connection()).onComplete(result -> {
                    context.owner().cancelTimer(timer);
                    if (result.succeeded()) {
                        answer.tryComplete(result.result());
                    } else {
                        answer.tryFail(result.cause());
                    }
                });
            }

            @Override
            public void fail(Throwable failure) {
                context.owner().cancelTimer(timer);
                answer.tryFail(failure);
            }
        };
        call.timer = context.owner().setTimer(Math.max(1, deadline.toMillis()), id -> {
            // The connection is out of use before the caller hears of it and perhaps tries again.
            if (!answer.future().isComplete()) {
                giveUp(call);
                answer.tryFail(new RedisDeadlineException(name, deadline));
            }
        });
        startOrWait(call);
        return answer.future();
    }

    /** A call and what it needs to be ended from outside. */
    private abstract static class Call {
        volatile long timer;
        volatile @Nullable Connected usedConnection;

        abstract void start(Connected connected);

        abstract void fail(Throwable failure);
    }

    private void startOrWait(Call call) {
        Connected now;
        synchronized (this) {
            now = connected;
            if (now == null && !closed && waiting.size() < MAX_WAITING) {
                waiting.add(call);
                if (!connecting) {
                    connecting = true;
                    context.runOnContext(start -> connect(MIN_PAUSE_MS));
                }
                return;
            }
        }
        if (now != null) {
            call.start(now);
        } else {
            call.fail(new IllegalStateException(
                    closed ? "link '" + name + "' is closed" : "too many calls wait for Redis (link '" + name + "')"));
        }
    }

    /** A call that still waits is forgotten: it must not take effect after its caller was told that it failed. */
    private void giveUp(Call call) {
        synchronized (this) {
            waiting.remove(call);
        }
        Connected used = call.usedConnection;
        if (used != null) {
            lost(used);
            used.close();
        }
    }

    private void connect(long pauseMs) {
        attempt().onSuccess(link -> established(link, pauseMs)).onFailure(failure -> retry(pauseMs, failure));
    }

    private void established(Connected link, long pauseMs) {
        link.connection()
                .exceptionHandler(failure -> LOG.debugf("redis link '%s': %s", name, failure.getMessage()))
                .endHandler(end -> {
                    lost(link);
                    link.close();
                });
        List<Call> calls;
        synchronized (this) {
            connects++;
            connecting = false;
            connected = closed ? null : link;
            calls = List.copyOf(waiting);
            waiting.clear();
        }
        if (closed) {
            link.close();
        }
        if (pauseMs > MIN_PAUSE_MS) {
            LOG.infof("redis link '%s' is connected again", name);
        }
        calls.forEach(call -> call.start(link));
    }

    private Future<Connected> attempt() {
        Promise<Connected> attempt = Promise.promise();
        Redis client = clients.get();
        long timer = context.setTimer(
                CONNECT_DEADLINE.toMillis(), id -> attempt.tryFail(new RedisDeadlineException(name, CONNECT_DEADLINE)));
        client.connect().onComplete(result -> {
            context.owner().cancelTimer(timer);
            if (result.succeeded()) {
                attempt.tryComplete(new Connected(client, result.result()));
            } else {
                attempt.tryFail(result.cause());
            }
        });
        return attempt.future().onFailure(failure -> client.close());
    }

    private void retry(long pauseMs, Throwable failure) {
        List<Call> calls = List.of();
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
        if (pauseMs == MIN_PAUSE_MS) {
            LOG.warnf("redis link '%s' cannot connect, will keep trying: %s", name, failure.getMessage());
        }
        long jittered = pauseMs / 2 + ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1);
        context.setTimer(jittered, id -> connect(Math.min(pauseMs * 2, MAX_PAUSE_MS)));
    }

    private synchronized void lost(Connected link) {
        if (link.equals(connected)) {
            connected = null;
        }
    }

    private record Connected(Redis client, RedisConnection connection) {

        void close() {
            client.close();
        }
    }
}
