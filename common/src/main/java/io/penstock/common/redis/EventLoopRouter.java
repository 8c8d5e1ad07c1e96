package io.penstock.common.redis;

import io.penstock.common.loop.EventLoopContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Routes that a caller on an event loop takes without leaving it: each event loop that asks has routes of its own, made
 * when it first does. To wake another thread and be woken by it costs more than the command itself. Callers elsewhere
 * share one set of routes.
 *
 * <p>So there are as many connections per server as there are event loops that use Redis, and one more.
 */
final class EventLoopRouter implements RedisRouter {

    private final Function<EventLoopContext, RedisRouter> opener;
    private final RedisRouter common;
    /** By event loop; there are few, and they live as long as the process. */
    private final Map<EventLoopContext.Loop, RedisRouter> near = new ConcurrentHashMap<>();

    private volatile boolean closed;

    /** @param opener opens routes that are served by the event loop of a context */
    EventLoopRouter(Vertx vertx, Function<EventLoopContext, RedisRouter> opener) {
        this.opener = opener;
        this.common = opener.apply(EventLoopContext.create(vertx));
    }

    private RedisRouter here() {
        EventLoopContext.Loop loop = EventLoopContext.currentLoop();
        if (loop == null) {
            return common;
        }
        RedisRouter routes = near.get(loop);
        return routes != null ? routes : open(loop);
    }

    private RedisRouter open(EventLoopContext.Loop loop) {
        RedisRouter routes = near.computeIfAbsent(loop, absent -> opener.apply(loop.newContext()));
        if (closed) {
            routes.close();
        }
        return routes;
    }

    @Override
    public Future<Response> send(String key, Request request, Duration deadline) {
        return here().send(key, request, deadline);
    }

    /** Blocking reads have routes that are theirs alone. */
    @Override
    public Future<@Nullable Response> read(String key, Request request, Duration deadline) {
        throw new UnsupportedOperationException("these routes have other users");
    }

    @Override
    public Future<List<Response>> batch(String key, List<Request> requests, Duration deadline) {
        return here().batch(key, requests, deadline);
    }

    @Override
    public Future<List<Response>> transaction(String key, List<Request> requests, Duration deadline) {
        return here().transaction(key, requests, deadline);
    }

    @Override
    public Future<Response> run(LuaScript script, List<String> keys, List<?> args, Duration deadline) {
        return here().run(script, keys, args, deadline);
    }

    @Override
    public Future<List<ReconnectingConnection>> masters() {
        return here().masters();
    }

    @Override
    public List<RedisRouter> parts() {
        List<RedisRouter> parts = new ArrayList<>(near.values());
        parts.add(common);
        return parts;
    }

    @Override
    public boolean holdsAllKeys() {
        return common.holdsAllKeys();
    }

    @Override
    public <T> Promise<T> promise() {
        return common.promise();
    }

    @Override
    public void after(Duration delay, Runnable action) {
        here().after(delay, action);
    }

    @Override
    public void close() {
        closed = true;
        common.close();
        near.values().forEach(RedisRouter::close);
    }
}
