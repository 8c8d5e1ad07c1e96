package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.vertx.redis.client.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the failure of a batch means for each of its commands. Redis runs each by itself, so that it may refuse some and
 * carry out the others, for instance when it becomes full in the middle; the client then tells which failed and keeps the
 * answers of the others to itself.
 */
final class BatchFailure {

    private static final Pattern LINE = Pattern.compile("ERR \\[(\\d+)] (.*)");

    private final Throwable whole;
    private final Map<Integer, String> errors;

    private BatchFailure(Throwable whole, Map<Integer, String> errors) {
        this.whole = whole;
        this.errors = errors;
    }

    static BatchFailure of(Throwable failure, int commands) {
        Map<Integer, String> errors = new HashMap<>();
        // Only the client's own verdict on the batch. Another failure may quote one of an earlier try, which was
        // refused,
        // while of the last try nothing is known.
        if (commands > 1 && failure instanceof Response) {
            String.valueOf(failure.getMessage()).lines().forEach(line -> {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    errors.put(Integer.valueOf(matcher.group(1)), matcher.group(2));
                }
            });
        }
        return new BatchFailure(failure, errors);
    }

    /** Of the command at this position, from 0. */
    Throwable at(int position) {
        if (errors.isEmpty()) {
            return whole;
        }
        String error = errors.get(position);
        if (error == null) {
            return new QueueUnavailableException(
                    "the job was accepted, but its id is lost, because Redis refused others beside it",
                    Effect.UNKNOWN,
                    whole);
        }
        return RedisResults.inPortWords(error, whole);
    }
}
