package io.penstock.common.redis;

import io.penstock.common.loop.EventLoopContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
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

    private final EventLoopContext context;
    private final Supplier<Redis> clients;
    private final String name;
    private final Reconnector connections;

    /**
     * @param context the event loop that serves the connection; callers may be anywhere and are answered where they are
     * @param clients makes a new client for each connection
     * @param name says in the log what the link is for
     */
    public ReconnectingConnection(EventLoopContext context, Supplier<Redis> clients, String name) {
        this(context, clients, name, null);
    }

    private ReconnectingConnection(
            EventLoopContext context, Supplier<Redis> clients, String name, @Nullable Runnable onTrouble) {
        this.context = context;
        this.clients = clients;
        this.name = name;
        this.connections = new Reconnector(this.context, clients, name, onTrouble);
    }

    /**
     * A link to one node of a cluster. It passes refusals on.
     *
     * @param onTrouble called each time the connection is lost or cannot be made
     */
    static ReconnectingConnection toNode(
            EventLoopContext context, Supplier<Redis> clients, String name, Runnable onTrouble) {
        return new ReconnectingConnection(context, clients, name, onTrouble);
    }

    /** What the link is for and, in a cluster, where it leads. */
    public String name() {
        return name;
    }

    /**
     * Sends what there is to send.
     *
     * @param asking to a node that imports the slot
     */
    <T extends @Nullable Object> Future<T> perform(RedisCall<T> call, boolean asking, Duration deadline) {
        return new PendingCall<>(context, connections, call, asking, name).within(deadline);
    }

    /** Sends one command. Fails when there is no answer within the deadline, waiting for a connection included. */
    public Future<Response> send(Request request, Duration deadline) {
        return perform(RedisCall.command(request), false, deadline);
    }

    @Override
    public Future<Response> send(String key, Request request, Duration deadline) {
        return send(request, deadline);
    }

    @Override
    public Future<@Nullable Response> read(String key, Request request, Duration deadline) {
        return perform(RedisCall.read(request), false, deadline)
                .recover(failure -> connections.mendsRefusals() && Refusal.of(failure, 1) != null
                        ? nothingFromHere()
                        : Future.failedFuture(failure));
    }

    /** The server of a reader is no longer the master: the next read goes to the one that connecting again finds. */
    private Future<@Nullable Response> nothingFromHere() {
        connections.leave();
        Promise<@Nullable Response> nothing = promise();
        context.setTimer(Reconnector.REFUSED_PAUSE_MS, id -> nothing.complete(null));
        return nothing.future();
    }

    /** As {@link RedisRouter#batch}, without a key. */
    public Future<List<Response>> batch(List<Request> requests, Duration deadline) {
        return perform(RedisCall.batch(requests), false, deadline);
    }

    @Override
    public Future<List<Response>> batch(String key, List<Request> requests, Duration deadline) {
        return batch(requests, deadline);
    }

    @Override
    public Future<List<Response>> transaction(String key, List<Request> requests, Duration deadline) {
        return perform(RedisCall.transaction(requests), false, deadline);
    }

    @Override
    public Future<Response> run(LuaScript script, List<String> keys, List<?> args, Duration deadline) {
        return perform(RedisCall.script(script, keys, args), false, deadline);
    }

    @Override
    public Future<List<ReconnectingConnection>> masters() {
        return Future.succeededFuture(List.of(this));
    }

    @Override
    public void rest() {
        connections.rest();
    }

    @Override
    public boolean holdsAllKeys() {
        return connections.mendsRefusals();
    }

    @Override
    public <T> Promise<T> promise() {
        return context.promise();
    }

    @Override
    public void after(Duration delay, Runnable action) {
        context.setTimer(Math.max(1, delay.toMillis()), id -> action.run());
    }

    /** Whether its server answers over a new connection, which is closed again. Never fails. */
    Future<Boolean> answersAnew() {
        Redis client = clients.get();
        Promise<Boolean> answer = promise();
        long timer = context.setTimer(Reconnector.CONNECT_DEADLINE.toMillis(), id -> answer.tryComplete(Boolean.FALSE));
        client.connect()
                .compose(connection -> connection.send(Request.cmd(Command.PING)))
                .onComplete(pong -> answer.tryComplete(pong.succeeded()));
        return answer.future().onComplete(known -> {
            context.cancelTimer(timer);
            client.close();
        });
    }

    /** How often the link has connected so far; grows by one with each reconnect. */
    public long connects() {
        return connections.connects();
    }

    @Override
    public void close() {
        connections.close();
    }

    boolean isClosed() {
        return connections.isClosed();
    }

    /** Connects anew for what is sent from now on; calls under way get their answers. */
    void renew() {
        connections.renew();
    }

    /** Ends the link in peace: calls under way get their answers, those that still wait for a connection fail unsent. */
    void retire() {
        connections.retire();
    }
}
