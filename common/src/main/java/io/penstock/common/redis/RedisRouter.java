package io.penstock.common.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands to the server that holds their keys. With one server, or one that Sentinel names, that is a single
 * {@link ReconnectingConnection}; with a cluster it is the owner of the key's slot, wherever that is at the moment.
 *
 * <p>A command that a server refused without running it (the slot has moved, the server became a replica, the cluster
 * is not ready) is taken to the right server within the caller's deadline. One whose connection was lost is not
 * repeated, because it may have taken effect: the call fails, and the caller decides.
 *
 * <p>Callers may be anywhere and are answered where they are.
 */
public interface RedisRouter extends AutoCloseable {

    /**
     * Sends one command. Fails when there is no answer within the deadline, waiting for a connection included.
     *
     * @param key any of the keys of the command; they all share its hash tag
     */
    Future<Response> send(String key, Request request, Duration deadline);

    /**
     * Sends a blocking read, over routes that have no other users. One that the server ends because it no longer is the
     * one to ask answers null, as if nothing had come in time; the next read goes to the right server.
     *
     * @param deadline longer than the read blocks
     */
    Future<@Nullable Response> read(String key, Request request, Duration deadline);

    /**
     * Sends commands in one write and answers when all have been answered. The answers of the others are lost when
     * one fails, so that only commands belong here that do not fail singly.
     *
     * @param key any of the keys of the commands; they all share its hash tag
     */
    Future<List<Response>> batch(String key, List<Request> requests, Duration deadline);

    /**
     * Has Redis run writes in one step, all or none. Where nothing has to be decided in between, this is cheaper than a
     * script, to which every byte of its arguments has to be handed over. Each command takes a place of its own among
     * those that the client waits for ({@link RedisServers#UNANSWERED}), so that callers keep count of what is under way.
     *
     * <p>Fails with the first refusal, and then none was run. Redis does not look at what the keys hold before it runs
     * them: where one is of a wrong type, the others are run, and the call fails with an {@link IllegalStateException}.
     *
     * @param key any of the keys of the commands; they all share its hash tag
     * @return the replies in the order of the commands
     */
    Future<List<Response>> transaction(String key, List<Request> requests, Duration deadline);

    /** Runs a script by its digest, or by its source where the server does not have it (after a restart, in a new node). */
    Future<Response> run(LuaScript script, List<String> keys, List<?> args, Duration deadline);

    /** A link to each server that takes writes. They belong to these routes: do not close them. */
    Future<List<ReconnectingConnection>> masters();

    /** These routes; where they stand for several, of which each caller is given one, all those. */
    default List<RedisRouter> parts() {
        return List.of(this);
    }

    /** Whether one script may take keys of several hash tags, because one server holds them all. */
    boolean holdsAllKeys();

    /** Closes connections that have nothing under way and may not be needed for long; the next call connects anew, at once. */
    default void rest() {}

    /** A promise whose listeners are called where they were added, not on the connection's event loop. */
    <T> Promise<T> promise();

    /** Runs the action on the connection's event loop after a while. */
    void after(Duration delay, Runnable action);

    @Override
    void close();
}
