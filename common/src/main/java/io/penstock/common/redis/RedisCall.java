package io.penstock.common.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What goes over one connection in one go, and how its reply reads. The same for a server that owns the slot and for one
 * that imports it: {@link Pipeline} knows the difference.
 *
 * @param commands how many of them a reply may name as the refused one; 0: a refusal is the caller's to deal with
 */
record RedisCall<T extends @Nullable Object>(int commands, Function<Pipeline, Future<T>> sender) {

    private static final int PASSED_ON = 0;

    static RedisCall<Response> command(Request request) {
        return new RedisCall<>(1, pipeline -> pipeline.send(request));
    }

    /** A read that may block; its refusals are passed on. */
    static RedisCall<@Nullable Response> read(Request request) {
        return new RedisCall<>(PASSED_ON, pipeline -> pipeline.send(request));
    }

    static RedisCall<List<Response>> batch(List<Request> requests) {
        return new RedisCall<>(requests.size(), pipeline -> pipeline.batch(requests));
    }

    static RedisCall<List<Response>> transaction(List<Request> requests) {
        return new RedisCall<>(1, pipeline -> pipeline.transaction(requests));
    }

    static RedisCall<Response> script(LuaScript script, List<String> keys, List<?> args) {
        return new RedisCall<>(1, pipeline -> pipeline.run(script, keys, args));
    }

    Future<T> over(Pipeline pipeline) {
        return sender.apply(pipeline);
    }
}
