package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** Drops what a queue keeps of jobs that ended long ago, a bounded piece per call. Safe in many processes at once. */
public interface QueueRetention {

    /**
     * Drops records of jobs that completed longer ago than {@code age}.
     *
     * @param most pieces looked at; a piece holds the records of jobs that were finished together
     */
    Uni<Dropped> dropCompleted(QueuePolicy policy, int partition, Duration age, int most);

    /** Drops dead jobs that were given up longer ago than {@code age}. They can no longer be retried. */
    Uni<Dropped> dropDead(QueuePolicy policy, int partition, Duration age, int most);

    /**
     * What a call dropped.
     *
     * @param more there may be more to drop
     */
    record Dropped(int jobs, boolean more) {}
}
