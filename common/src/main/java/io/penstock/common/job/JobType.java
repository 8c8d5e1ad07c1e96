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
 * @param version of the payload's form, 1 or more; raised when old payloads no longer fit {@code payloadClass}
 * @param isEncrypted payload and result are stored encrypted, whatever the deployment says about the queue
 * @param gather how items that are enqueued one by one become one job; empty: each is a job
 */
public record JobType<P>(
        String name,
        Class<P> payloadClass,
        String queue,
        Optional<Duration> timeout,
        int version,
        boolean isEncrypted,
        Optional<Gather> gather) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]{0,79}");

    public JobType {
        requireName("job type", name);
        Objects.requireNonNull(payloadClass, "payloadClass");
        requireName("queue", queue);
        if (version < 1) {
            throw new IllegalArgumentException(
                    "job type '" + name + "': version is " + version + ", must be at least 1");
        }
        if (isEncrypted && gather.isPresent()) {
            throw new IllegalArgumentException("job type '" + name + "': what is encrypted cannot be gathered");
        }
    }

    /** A type that waits in the queue {@code default} until {@link #queue(String)} says otherwise. */
    public static <P> JobType<P> of(String name, Class<P> payloadClass) {
        return new JobType<>(name, payloadClass, "default", Optional.empty(), 1, false, Optional.empty());
    }

    public JobType<P> queue(String newQueue) {
        return new JobType<>(name, payloadClass, newQueue, timeout, version, isEncrypted, gather);
    }

    public JobType<P> timeout(Duration newTimeout) {
        return new JobType<>(name, payloadClass, queue, Optional.of(newTimeout), version, isEncrypted, gather);
    }

    /**
     * The payload's form has changed so much that payloads of older versions have to be upgraded before they are read.
     * A worker that knows only an older version leaves the job to newer ones.
     */
    public JobType<P> version(int newVersion) {
        return new JobType<>(name, payloadClass, queue, timeout, newVersion, isEncrypted, gather);
    }

    /** Payload and result are stored encrypted. The deployment must have a key. */
    public JobType<P> encrypted() {
        return new JobType<>(name, payloadClass, queue, timeout, version, true, gather);
    }

    /**
     * Items that are enqueued one by one are gathered into one job: with the last of {@code most} it runs at once, else when
     * {@code linger} is over since the first. Only items of the same group, tenant, priority and other options come together. The handler is
     * a {@code GatheredJobHandler}.
     *
     * @throws IllegalArgumentException where a number is out of bounds, see {@link Gather}
     */
    public JobType<P> gather(int most, Duration linger) {
        return new JobType<>(
                name, payloadClass, queue, timeout, version, isEncrypted, Optional.of(new Gather(most, linger)));
    }

    private static void requireName(String what, String value) {
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(what + " name '" + value + "' must match " + NAME.pattern());
        }
    }
}
