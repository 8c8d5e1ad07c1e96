package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** The housekeeping of one queue partition. Every worker does it; each step is atomic, so that this is safe. */
public interface QueueMaintainer {

    /**
     * Moves jobs whose time has come to the ready jobs, in the order of their due times.
     *
     * @return how many were moved; as many as {@code most} means that there may be more
     */
    Uni<Integer> promoteDue(QueuePolicy policy, int partition, int most);

    /**
     * Carries what ended jobs left for other partitions there: jobs that follow them, news for their parents.
     *
     * @return how many arrived; as many as {@code most} means that there may be more
     */
    Uni<Integer> forwardOutgoing(QueuePolicy policy, int partition, int most);

    /** Returns jobs whose lease has not been renewed for {@code lease} to the queue, or buries them after too many stalls. */
    Uni<Rescued> rescueLost(QueuePolicy policy, int partition, Duration lease, int most);

    /**
     * Takes jobs from workers that were asked to stop them {@code grace} ago and have not done so. They end as cancelled.
     * Goes through all that were asked; returns how many were taken.
     */
    Uni<Integer> fenceCancelled(QueuePolicy policy, int partition, Duration grace);

    /** Forgets workers that hold nothing and have not been seen for {@code idle}. Returns how many. */
    Uni<Integer> forgetIdleWorkers(QueuePolicy policy, int partition, Duration idle);

    /** Drops the oldest of what is kept of ended jobs where it takes more bytes than the policy allows. Returns how many. */
    Uni<Integer> trimBytes(QueuePolicy policy, int partition);

    /** Drops uniqueness keys whose window is over and groups that hold nothing any more. Returns how many. */
    Uni<Integer> sweepLeftovers(QueuePolicy policy, int partition);

    /**
     * What a rescue found.
     *
     * @param returned jobs that will run again
     * @param buried jobs that stalled too often
     */
    record Rescued(int returned, int buried) {}
}
