package io.penstock.common.queue.redis;

import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.penstock.common.redis.NotSentException;
import io.penstock.common.redis.RedisDeadlineException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the Redis client's futures to the port's {@code Uni}s, with every failure in the port's own words. */
final class RedisResults {

    /**
     * What Redis says before it has done anything, also from within a script: there only the first write is refused so.
     * Any other error of a script may come after some of its writes.
     */
    private static final Set<String> REFUSALS = Set.of(
            "OOM",
            "READONLY",
            "NOREPLICAS",
            "MISCONF",
            "LOADING",
            "MASTERDOWN",
            "CLUSTERDOWN",
            "TRYAGAIN",
            "MOVED",
            "ASK",
            "BUSY",
            "NOAUTH",
            "NOPERM",
            "WRONGPASS",
            "NOSCRIPT",
            "NOGROUP",
            "UNBLOCKED");

    /**
     * How an answer of Redis begins: with a code in capitals. In place of an answer that will not come the client puts words of
     * its own, such as {@code CONNECTION_CLOSED} or the name of an exception.
     */
    private static final Pattern OF_REDIS = Pattern.compile("([A-Z]+) ");

    /** Thrown on the way to a command, or while its answer is read; never by a connection. */
    private static final List<Class<? extends Throwable>> MISTAKES = List.of(
            LinkageError.class,
            StackOverflowError.class,
            AssertionError.class,
            NullPointerException.class,
            IllegalArgumentException.class,
            ClassCastException.class,
            IndexOutOfBoundsException.class,
            ArithmeticException.class,
            UnsupportedOperationException.class,
            NoSuchElementException.class);

    private RedisResults() {}

    static <T> Uni<T> uni(Supplier<Future<T>> action) {
        return Uni.createFrom().emitter(emitter -> action.get().onComplete(result -> {
            if (result.succeeded()) {
                emitter.complete(result.result());
            } else {
                emitter.fail(inPortWords(result.cause()));
            }
        }));
    }

    /**
     * Succeeds when all parts of one call have. Fails when all have ended and some failed; as parts that succeeded stay
     * done, only a call of which no part did is known to have had no effect.
     */
    static Future<Void> all(List<? extends Future<?>> parts) {
        if (parts.size() == 1) {
            return parts.get(0).mapEmpty();
        }
        return Future.join(parts)
                .<Void>mapEmpty()
                .recover(first -> Future.failedFuture(
                        parts.stream().allMatch(RedisResults::hasNoEffect) ? first : inPart(first)));
    }

    private static boolean hasNoEffect(Future<?> part) {
        return part.failed() && fateOf(part.cause()) != Effect.UNKNOWN;
    }

    private static QueueUnavailableException inPart(Throwable failure) {
        return new QueueUnavailableException(
                "Redis cannot serve all of the queue, some jobs may have been accepted: " + failure.getMessage(),
                Effect.UNKNOWN,
                failure);
    }

    static Throwable inPortWords(Throwable failure) {
        if (failure instanceof IllegalArgumentException
                || failure instanceof IdempotencyKeyReusedException
                || failure instanceof QueueUnavailableException) {
            return failure;
        }
        return inPortWords(String.valueOf(failure.getMessage()), fateOf(failure), failure);
    }

    /** Of a single command that was answered with this error, by Redis or by the client. */
    static QueueUnavailableException inPortWords(String error, Throwable cause) {
        return inPortWords(error, isRefusal(error) ? Effect.REFUSED : Effect.UNKNOWN, cause);
    }

    private static QueueUnavailableException inPortWords(String message, Effect effect, Throwable failure) {
        if (effect == Effect.REFUSED && message.startsWith("OOM ")) {
            return new QueueUnavailableException(
                    "Redis is full (maxmemory): the job was not accepted", effect, failure);
        }
        return new QueueUnavailableException(
                "Redis cannot serve the queue: " + message, effect, failure, isLasting(message, failure));
    }

    /** Whether the call would fail in the same way for ever: by a mistake of ours, or by data of the wrong type. */
    private static boolean isLasting(String message, Throwable failure) {
        return MISTAKES.stream().anyMatch(mistake -> mistake.isInstance(failure))
                || message.startsWith("WRONGTYPE ")
                || message.startsWith("ERR user_script:");
    }

    private static Effect fateOf(Throwable failure) {
        if (failure instanceof QueueUnavailableException e) {
            return e.effect();
        }
        if (failure instanceof NotSentException || failure instanceof IllegalArgumentException) {
            return Effect.NOT_SENT;
        }
        if (failure instanceof RedisDeadlineException e) {
            return switch (e.outcome()) {
                case UNANSWERED -> Effect.UNKNOWN;
                case NOT_SENT -> Effect.NOT_SENT;
                case REFUSED -> Effect.REFUSED;
            };
        }
        return failure instanceof Response error && isRefusal(error.toString()) ? Effect.REFUSED : Effect.UNKNOWN;
    }

    private static boolean isRefusal(String error) {
        Matcher answer = OF_REDIS.matcher(error);
        if (!answer.lookingAt() || error.startsWith("ERR [")) {
            return false;
        }
        return REFUSALS.contains(answer.group(1)) || !error.contains("script");
    }
}
