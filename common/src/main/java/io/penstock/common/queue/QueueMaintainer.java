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

    /**
     * Returns jobs whose lease has not been renewed for {@code lease} to the queue, or buries them after too many stalls.
     *
     * @param headStart of the living after a silence; nothing is rescued during it
     */
    Uni<Rescued> rescueLost(QueuePolicy policy, int partition, Duration lease, HeadStart headStart, int most);

    /**
     * Takes jobs from workers that were asked to stop them {@code grace} ago and have not done so. They end as cancelled.
     * Goes through all that were asked; returns how many were taken.
     *
     * @param headStart of the living after a silence; nothing is taken during it
     */
    Uni<Integer> fenceCancelled(QueuePolicy policy, int partition, Duration grace, HeadStart headStart);

    /** Forgets workers that hold nothing and have not been seen for {@code idle}. Returns how many. */
    Uni<Integer> forgetIdleWorkers(QueuePolicy policy, int partition, Duration idle);

    /** Drops the oldest of what is kept of ended jobs where it takes more bytes than the policy allows. Returns how many. */
    Uni<Integer> trimBytes(QueuePolicy policy, int partition);

    /**
     * Drops uniqueness keys whose window is over, groups that hold nothing any more, and what was kept about the children
     * of parents that are gone. Returns how many.
     */
    Uni<Integer> sweepLeftovers(QueuePolicy policy, int partition);

    /**
     * What the living get after nobody looked at a partition for a while: its store stood still, was away or could not be
     * reached. They could not renew their leases then any more than the dead, and need time to do so before anything is
     * taken from them. All by the store's clock, whoever looks.
     *
     * @param afterSilence how long nobody looked; well beyond the time between two looks. Zero: no such care
     * @param length how long nothing is taken then
     */
    record HeadStart(Duration afterSilence, Duration length) {

        public static final HeadStart NONE = new HeadStart(Duration.ZERO, Duration.ZERO);

        /**
         * All leases count as renewed after a silence in which one may have run out whose owner lives.
         *
         * @param lease renewed three times within its length: one that was just due for it may lack two thirds
         * @param interval between two looks of one process
         */
        public static HeadStart of(Duration lease, Duration interval) {
            Duration third = lease.dividedBy(3);
            Duration looks = interval.multipliedBy(3);
            return new HeadStart(third.compareTo(looks) > 0 ? third : looks, lease);
        }
    }

    /**
     * What a rescue found.
     *
     * @param returned jobs that will run again
     * @param buried jobs that stalled too often
     */
    record Rescued(int returned, int buried) {}
}
