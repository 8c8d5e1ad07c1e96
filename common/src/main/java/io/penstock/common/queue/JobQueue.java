package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The queue as producers and operators see it. Workers use {@link QueueConsumer}.
 *
 * <p>A returned item means that the store has accepted the change. A failed {@code Uni} means that it is unknown or
 * refused: {@link QueueUnavailableException} when the store cannot be reached in time or is full.
 */
public interface JobQueue {

    /** Adds one job, or answers with the live job of the same explicit id. */
    Uni<Enqueued> enqueue(NewJob job);

    /**
     * Adds jobs of one queue, all or nothing for each partition; answers in the order given.
     *
     * @param jobs at most {@code penstock.bulk-limit}
     */
    Uni<List<Enqueued>> enqueueAll(List<NewJob> jobs);

    /**
     * As {@link #enqueueAll}, with ids that live on: one that was accepted within {@code retention} is not accepted again,
     * even if its job has ended meanwhile.
     *
     * @param jobs jobs of one queue with explicit ids, without uniqueness keys and groups; at most
     *     {@code penstock.bulk-limit}
     * @param retention how long an id is remembered, by the store's clock; costs about 130 bytes per id meanwhile
     */
    Uni<List<Enqueued>> enqueueOnce(List<NewJob> jobs, Duration retention);

    /**
     * As {@link #enqueueAll}, safe to repeat: for as long as the key is remembered ({@code penstock.idempotency.retention})
     * a repetition adds what the first call did not get to and answers with the same ids, the rest not added, also when the
     * jobs have ended.
     *
     * <p>Fails with {@link IdempotencyKeyReusedException} where the key stands for another request.
     */
    Uni<List<Enqueued>> enqueueAll(List<NewJob> jobs, IdempotentCall call);

    /** As {@link #enqueueFamily(Family)}, safe to repeat, see {@link #enqueueAll(List, IdempotentCall)}. */
    Uni<List<Enqueued>> enqueueFamily(Family family, IdempotentCall call);

    /**
     * Adds a parent and its children, all or nothing; children of other queues or partitions may become visible a
     * moment later.
     *
     * @return the parent first, then the children in the order given; not added where the parent's id is live
     */
    Uni<List<Enqueued>> enqueueFamily(Family family);

    /** The job of this id, wherever it is; empty when it is not known (any more). */
    Uni<Optional<JobView>> find(String jobId);

    Uni<QueueStatus> status(String queue);

    /** Stops the start of jobs; running ones end, new ones are accepted and kept. Pausing twice is the same as once. */
    Uni<Void> pause(String queue);

    Uni<Void> resume(String queue);

    /**
     * Starts no job of a group for a while, counted from now; the group need not exist. Running jobs end, waiting ones keep their
     * turn, new ones are accepted, and other groups go on.
     *
     * @param time more than zero
     * @return until when, by the store's clock; empty: too many groups are paused
     */
    Uni<Optional<Instant>> pauseGroup(String queue, String group, Duration time);

    /** Ends the pause of a group; false: it was not paused. */
    Uni<Boolean> resumeGroup(String queue, String group);

    /** The groups that are paused, and until when by the store's clock. */
    Uni<Map<String, Instant>> pausedGroups(String queue);
}
