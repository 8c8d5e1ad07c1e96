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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * <p>A server that stopped being the master is left for the one that connecting again finds (through Sentinel, or
 * behind the same address), and the command that it refused is repeated there. A link to one node of a cluster leaves
 * that to {@link ClusterRouter}.
 *
 * <p>A link for blocking reads must have no other users.
 */
public final class ReconnectingConnection implements RedisRouter {

    private static final Logger LOG = Logger.getLogger(ReconnectingConnection.class);

    /** First pause between two attempts to connect; doubles up to {@link #MAX_PAUSE_MS}. */
    private static final long MIN_PAUSE_MS = 20;
    /** Short enough that work goes on within two seconds after Redis is back. */
    private static final long MAX_PAUSE_MS = 1_000;

    /** Calls that may wait for a connection at once; more would be a pile of requests for a server that is not there. */
    private static final int MAX_WAITING = 20_000;

    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(3);

    /** Between a refusal and the next try: a failover takes longer than that, and nothing is gained by knocking faster. */
    private static final long REFUSED_PAUSE_MS = 100;

    /** For so long a connection that is no longer used stays open, so that commands under way get their answers. */
    private static final long FAREWELL_MS = 1_000;

    /** In place of the number of commands: a refusal is the caller's to deal with. */
    private static final int PASSED_ON = 0;

    private final ContextInternal context;
    private final Supplier<Redis> clients;
    private final String name;
    /** Told when the connection was lost or cannot be made; null: the link mends everything by itself. */
    private final @Nullable Runnable onTrouble;

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
    public ReconnectingConnection(Context context, Supplier<Redis> clients, String name) {
        this(context, clients, name, null);
    }

    private ReconnectingConnection(
            Context context, Supplier<Redis> clients, String name, @Nullable Runnable onTrouble) {
        this.context = (ContextInternal) context;
        this.clients = clients;
        this.name = name;
        this.onTrouble = onTrouble;
    }

    /**
     * A link to one node of a cluster. It passes refusals on.
     *
     * @param onTrouble called each time the connection is lost or cannot be made
     */
    static ReconnectingConnection toNode(Context context, Supplier<Redis> clients, String name, Runnable onTrouble) {
        return new ReconnectingConnection(context, clients, name, onTrouble);
    }

    /** What the link is for and, in a cluster, where it leads. */
    public String name() {
        return name;
    }

    /** Sends one command. Fails when there is no answer within the deadline, waiting for a connection included. */
    public Future<Response> send(Request request, Duration deadline) {
        return within(deadline, 1, link -> link.send(request));
    }

    @Override
    public Future<Response> send(String key, Request request, Duration deadline) {
        return send(request, deadline);
    }

    @Override
    public Future<@Nullable Response> read(String key, Request request, Duration deadline) {
        return this.<@Nullable Response>within(deadline, PASSED_ON, link -> link.send(request))
                .recover(failure -> onTrouble == null && Refusal.of(failure, 1) != null
                        ? nothingFromHere()
                        : Future.failedFuture(failure));
    }

    /** The server of a reader is no longer the master: the next read goes to the one that connecting again finds. */
    private Future<@Nullable Response> nothingFromHere() {
        Connected refusing;
        synchronized (this) {
            refusing = connected;
            connected = null;
        }
        if (refusing != null) {
            refusing.close();
        }
        Promise<@Nullable Response> nothing = promise();
        context.setTimer(REFUSED_PAUSE_MS, id -> nothing.complete(null));
        return nothing.future();
    }

    /** Sends a command to a node that imports its slot. */
    Future<Response> sendAsking(Request request, Duration deadline) {
        return within(deadline, 1, link -> ask(link, request));
    }

    /** As {@link RedisRouter#batch}, without a key. */
    public Future<List<Response>> batch(List<Request> requests, Duration deadline) {
        return within(deadline, requests.size(), link -> batchOnOneLoop(link, requests));
    }

    @Override
    public Future<List<Response>> batch(String key, List<Request> requests, Duration deadline) {
        return batch(requests, deadline);
    }

    /** Sends commands to a node that imports their slot. */
    Future<List<Response>> batchAsking(List<Request> requests, Duration deadline) {
        return within(deadline, requests.size(), link -> ask(link, requests));
    }

    @Override
    public Future<List<Response>> transaction(String key, List<Request> requests, Duration deadline) {
        return transaction(requests, deadline);
    }

    /** As {@link RedisRouter#transaction}, without a key. */
    Future<List<Response>> transaction(List<Request> requests, Duration deadline) {
        return within(deadline, 1, link -> inOneStep(link, Transaction.of(requests)));
    }

    /** Sends a transaction to a node that imports its slot. */
    Future<List<Response>> transactionAsking(List<Request> requests, Duration deadline) {
        return within(deadline, 1, link -> inOneStep(link, Transaction.asking(requests)));
    }

    private Future<List<Response>> inOneStep(RedisConnection link, Transaction transaction) {
        return batchOnOneLoop(link, transaction.commands())
                .transform(result -> result.succeeded()
                        ? transaction.replies(result.result())
                        : Future.failedFuture(transaction.refusal(result.cause())));
    }

    @Override
    public Future<Response> run(LuaScript script, List<String> keys, List<?> args, Duration deadline) {
        return within(deadline, 1, link -> link.send(call(Command.EVALSHA, script.sha1(), keys, args))
                .recover(failure -> isNoScript(failure)
                        ? link.send(call(Command.EVAL, script.source(), keys, args))
                        : Future.failedFuture(failure)));
    }

    /** Runs a script in a node that imports the slot of its keys. */
    Future<Response> runAsking(LuaScript script, List<String> keys, List<?> args, Duration deadline) {
        return within(deadline, 1, link -> ask(link, call(Command.EVALSHA, script.sha1(), keys, args))
                .recover(failure -> isNoScript(failure)
                        ? ask(link, call(Command.EVAL, script.source(), keys, args))
                        : Future.failedFuture(failure)));
    }

    private Future<Response> ask(RedisConnection link, Request request) {
        return ask(link, List.of(request)).map(replies -> replies.get(0));
    }

    /**
     * The client collects the answers of a batch where the caller is, and without a lock. Where the caller is on no event
     * loop, or on another, errors come on several threads at once and garble one another.
     */
    private Future<List<Response>> batchOnOneLoop(RedisConnection link, List<Request> requests) {
        ContextInternal caller = ContextInternal.current();
        if (caller != null
                && caller.isEventLoopContext()
                && context.nettyEventLoop().inEventLoop()) {
            return link.batch(requests);
        }
        Promise<List<Response>> answers = context.promise();
        context.runOnContext(turn -> link.batch(requests).onComplete(answers));
        return answers.future();
    }

    /** ASKING holds for the next command alone: both leave in one write, so that nothing comes between. */
    private Future<List<Response>> ask(RedisConnection link, List<Request> requests) {
        List<Request> asking = new ArrayList<>(2 * requests.size());
        for (Request request : requests) {
            asking.add(Request.cmd(Command.ASKING));
            asking.add(request);
        }
        return batchOnOneLoop(link, asking).map(replies -> {
            List<Response> answers = new ArrayList<>(requests.size());
            for (int i = 1; i < replies.size(); i += 2) {
                answers.add(replies.get(i));
            }
            return answers;
        });
    }

    @Override
    public Future<List<ReconnectingConnection>> masters() {
        return Future.succeededFuture(List.of(this));
    }

    @Override
    public <T> Promise<T> promise() {
        return context.owner().promise();
    }

    @Override
    public void after(Duration delay, Runnable action) {
        context.setTimer(Math.max(1, delay.toMillis()), id -> action.run());
    }

    /** Whether its server answers over a new connection, which is closed again. Never fails. */
    Future<Boolean> answersAnew() {
        Redis client = clients.get();
        Promise<Boolean> answer = promise();
        long timer = context.owner().setTimer(CONNECT_DEADLINE.toMillis(), id -> answer.tryComplete(Boolean.FALSE));
        client.connect()
                .compose(connection -> connection.send(Request.cmd(Command.PING)))
                .onComplete(pong -> answer.tryComplete(pong.succeeded()));
        return answer.future().onComplete(known -> {
            context.owner().cancelTimer(timer);
            client.close();
        });
    }

    /** How often the link has connected so far; grows by one with each reconnect. */
    public synchronized long connects() {
        return connects;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (connected != null) {
            connected.close();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Connects anew for what is sent from now on; calls under way get their answers. */
    void renew() {
        Connected last;
        synchronized (this) {
            last = connected;
            connected = null;
        }
        if (last != null) {
            context.setTimer(FAREWELL_MS, id -> last.close());
        }
    }

    /** Ends the link in peace: calls under way get their answers, those that still wait for a connection fail unsent. */
    void retire() {
        List<Call> calls;
        synchronized (this) {
            closed = true;
            calls = List.copyOf(waiting);
            waiting.clear();
        }
        renew();
        calls.forEach(call -> call.fail(new ConnectionClosedException(name)));
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
        // Behind ASKING it is the second of a batch.
        return message != null && (message.startsWith("NOSCRIPT") || message.startsWith("ERR [1] NOSCRIPT"));
    }

    private <T> Future<T> within(Duration deadline, int commands, Function<RedisConnection, Future<T>> action) {
        Promise<T> answer = promise();
        Call call = new Call() {
            @Override
            public void start(Connected connected) {
                if (answer.future().isComplete()) {
                    return;
                }
                usedConnection = connected;
                action.apply(connected.connection()).onComplete(result -> {
                    if (result.succeeded()) {
                        context.owner().cancelTimer(timer);
                        answer.tryComplete(result.result());
                    } else if (onTrouble == null && Refusal.of(result.cause(), commands) != null) {
                        lastRefusal = result.cause();
                        tryElsewhere(this, connected);
                    } else {
                        context.owner().cancelTimer(timer);
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
                boolean underWay = call.usedConnection != null;
                giveUp(call);
                answer.tryFail(new RedisDeadlineException(name, deadline, underWay, call.lastRefusal));
            }
        });
        startOrWait(call);
        return answer.future();
    }

    /** A call and what it needs to be ended from outside. */
    private abstract static class Call {
        volatile long timer;
        volatile @Nullable Connected usedConnection;
        volatile @Nullable Throwable lastRefusal;

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
    private void tryElsewhere(Call call, Connected refusing) {
        if (lost(refusing)) {
            context.setTimer(FAREWELL_MS, id -> refusing.close());
        }
        call.usedConnection = null;
        context.setTimer(REFUSED_PAUSE_MS, id -> startOrWait(call));
    }

    /** A call that still waits is forgotten: it must not take effect after its caller was told that it failed. */
    private void giveUp(Call call) {
        synchronized (this) {
            waiting.remove(call);
        }
        Connected used = call.usedConnection;
        if (used != null) {
            ended(used);
        }
    }

    private void tellTrouble() {
        if (onTrouble != null && !closed) {
            onTrouble.run();
        }
    }

    /** The first time at once. Later all clients of a server have lost it at the same instant, and must not all come back at one. */
    private void connectSoon() {
        if (connects == 0) {
            context.runOnContext(start -> connect(MIN_PAUSE_MS));
        } else {
            context.setTimer(1 + ThreadLocalRandom.current().nextLong(MIN_PAUSE_MS), id -> connect(MIN_PAUSE_MS));
        }
    }

    private void connect(long pauseMs) {
        attempt().onSuccess(link -> established(link, pauseMs)).onFailure(failure -> retry(pauseMs, failure));
    }

    private void established(Connected link, long pauseMs) {
        link.connection()
                .exceptionHandler(failure -> {
                    // The client has closed the connection by now, and need not say a second time that it has ended.
                    LOG.debugf("redis link '%s': %s", name, failure.getMessage());
                    ended(link);
                })
                .endHandler(end -> ended(link));
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

    private void ended(Connected link) {
        boolean wasInUse = lost(link);
        link.close();
        if (wasInUse) {
            tellTrouble();
        }
    }

    private Future<Connected> attempt() {
        Promise<Connected> attempt = Promise.promise();
        Redis client = clients.get();
        long timer = context.setTimer(
                CONNECT_DEADLINE.toMillis(), id -> attempt.tryFail(new RedisDeadlineException(name, CONNECT_DEADLINE)));
        client.connect().onComplete(result -> {
            context.owner().cancelTimer(timer);
            if (result.succeeded()) {
                attempt.tryComplete(new Connected(client, result.result(), new AtomicBoolean()));
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
        tellTrouble();
        long jittered = pauseMs / 2 + ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1);
        context.setTimer(jittered, id -> connect(Math.min(pauseMs * 2, MAX_PAUSE_MS)));
    }

    /** True when the connection was the one in use. */
    private synchronized boolean lost(Connected link) {
        if (!link.equals(connected)) {
            return false;
        }
        connected = null;
        return true;
    }

    /** A connection and the client that it is the only one of. */
    private record Connected(Redis client, RedisConnection connection, AtomicBoolean closed) {

        /** A client does not bear being closed twice, and both ends may want to. */
        void close() {
            if (closed.compareAndSet(false, true)) {
                client.close();
            }
        }
    }
}
