package io.penstock.common.job;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One kind of work: its name, the payload it takes and the queue it waits in.
 *
 * <p>Producers and handlers share the constant, so that neither repeats a name:
 * <pre>{@code
 * JobType<FullChunk> FULL_CHUNK = JobType.of("offers.full_chunk", FullChunk.class).queue("full-sync-chunk");
 * }</pre>
 *
 * @param name unique in the deployment; lower case letters, digits, {@code . _ -}, at most 80 characters
 * @param payloadClass what the JSON payload is read into, usually a record
 * @param queue the lane the job waits in
 * @param timeout how long one attempt may run; empty: the queue's default
 */
public record JobType<P>(String name, Class<P> payloadClass, String queue, Optional<Duration> timeout) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]{0,79}");

    public JobType {
        requireName("job type", name);
        Objects.requireNonNull(payloadClass, "payloadClass");
        requireName("queue", queue);
    }

    /** A type that waits in the queue {@code default} until {@link #queue(String)} says otherwise. */
    public static <P> JobType<P> of(String name, Class<P> payloadClass) {
        return new JobType<>(name, payloadClass, "default", Optional.empty());
    }

    public JobType<P> queue(String newQueue) {
        return new JobType<>(name, payloadClass, newQueue, timeout);
    }

    public JobType<P> timeout(Duration newTimeout) {
        return new JobType<>(name, payloadClass, queue, Optional.of(newTimeout));
    }

    private static void requireName(String what, String value) {
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(what + " name '" + value + "' must match " + NAME.pattern());
        }
    }
}
