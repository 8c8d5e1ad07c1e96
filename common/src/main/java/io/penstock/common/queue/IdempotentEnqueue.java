package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * The queue for those who hand over what another store holds, and who must be able to repeat a hand-over without adding
 * a job twice, also when the first one has run and ended in between.
 *
 * <p>Each hand-over carries a dedup key that is unique for ever. The queue keeps it from the moment of acceptance until the
 * caller forgets it, which is safe once the row in the other store is gone and {@code notAfter} of everyone who may have
 * seen it has passed.
 */
public interface IdempotentEnqueue {

    /**
     * A job and its dedup key.
     *
     * @param dedupKey names this hand-over; never used again for another
     * @param job has an explicit id
     */
    record Keyed(String dedupKey, NewJob job) {}

    /** Tells where a job belongs. Fails for a queue that does not exist. Equal jobs always belong to the same place. */
    QueuePartition partitionOf(NewJob job);

    /** Every place of this deployment. */
    List<QueuePartition> places();

    /** The clock that {@code notAfter} is compared with, in epoch ms. */
    Uni<Long> clockMs();

    /**
     * Accepts jobs of one place in the order given, in one step: all of them, or those that were not accepted before.
     *
     * @param jobs 1 to {@link #MOST_AT_ONCE}
     * @param notAfterMs epoch ms by {@link #clockMs}; later the queue refuses, so that a caller who was held up cannot add
     *     what another has handed over meanwhile
     * @return how many were accepted before and therefore not added now
     */
    Uni<Integer> acceptOnce(QueuePartition place, List<Keyed> jobs, long notAfterMs);

    /** Dedup keys whose latest acceptance is longer ago than {@code age}, oldest first. */
    Uni<List<String>> oldDedupKeys(QueuePartition place, Duration age, int most);

    /** Drops dedup keys. */
    Uni<Void> forget(QueuePartition place, Collection<String> dedupKeys);

    /** Bounds how long one step holds the queue up. */
    int MOST_AT_ONCE = 1_000;
}
