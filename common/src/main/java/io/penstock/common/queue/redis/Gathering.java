package io.penstock.common.queue.redis;

import io.penstock.common.job.Gather;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An item that is gathered with others of its kind: same type, group and options. The job that gathers them is a scheduled one that
 * holds a uniqueness key; the script that accepts an item adds it to that job's payload, in one step, and lets the job line up when it is
 * full. Its time comes as that of every scheduled job does, so that there is nobody else whose death could matter.
 */
record Gathering(QueuePolicy policy, NewJob job, Gather gather) {

    /** UTF-8 bytes of one job's payload: each item that is added copies it. An item beyond begins another job. */
    private static final int MAX_BYTES = 262_144;

    /** The key is free when its job has started; this is for one that never does. */
    private static final Duration SPARE = Duration.ofDays(1);

    static Optional<Gathering> of(QueuePolicy policy, NewJob job) {
        return Optional.ofNullable(job.gather()).map(gather -> new Gathering(policy, job, gather));
    }

    /** What decides the partition of a job; empty: any will do. */
    static Optional<String> partitionKey(QueuePolicy policy, NewJob job) {
        return of(policy, job)
                .map(item -> job.options().labels().group().orElseGet(item::hash))
                .or(() -> policy.partitionKey(job.options()));
    }

    /** Items of one hash belong together. */
    private String hash() {
        NewJob untraced = job.untraced();
        String kind = JobHeader.of(untraced, null, JobExtras.of(untraced)).encode();
        // No key of a caller begins like this: it would be one of control characters.
        return JobExtras.hash(Uniqueness.of("\1gather\n" + stream() + "\n" + kind));
    }

    private int stream() {
        return Streams.number(policy.laneOf(job.type()), job.options().priority());
    }

    /** The eight arguments of accept-jobs. */
    List<Object> args(String id) {
        return List.of(
                id,
                stream(),
                gather.linger().toMillis(),
                0L,
                Long.toString(gather.linger().plus(SPARE).toMillis()),
                "g" + gather.most() + "," + MAX_BYTES,
                JobHeader.of(job, id, JobExtras.of(job).gathering(hash())).encode(),
                "[" + job.payload() + "]");
    }
}
