package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueueUnavailableException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** From the Redis client's futures to the port's {@code Uni}s, with every failure in the port's own words. */
final class Answers {

    private Answers() {}

    static <T> Uni<T> uni(Supplier<Future<T>> action) {
        return Uni.createFrom().emitter(emitter -> action.get().onComplete(result -> {
            if (result.succeeded()) {
                emitter.complete(result.result());
            } else {
                emitter.fail(inPortWords(result.cause()));
            }
        }));
    }

    private static Throwable inPortWords(Throwable failure) {
        if (failure instanceof IllegalArgumentException || failure instanceof QueueUnavailableException) {
            return failure;
        }
        String message = String.valueOf(failure.getMessage());
        if (message.contains("OOM ")) {
            return new QueueUnavailableException("Redis is full (maxmemory): the job was not accepted", failure);
        }
        return new QueueUnavailableException("Redis cannot serve the queue: " + message, failure);
    }
}
