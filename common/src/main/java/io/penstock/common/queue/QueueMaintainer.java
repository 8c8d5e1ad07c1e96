package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The housekeeping of queue partitions. One worker does it for each, see {@link MaintenanceLeases}; each step is atomic, so
 * that many may do it at once.
 */
public interface QueueMaintainer {

    /**
     * Finds out what there is to do, in as few calls as the store allows. Costs next to nothing where there is nothing.
     *
     * @param partitions to look at
     * @param headStart of the living after a silence; its note is left with {@code note}
     * @param note to be true now and then, at most half of {@link HeadStart#afterSilence} apart: that somebody looked
     * @return beside the partitions, in their order
     */
    Uni<List<Due>> look(List<Looked> partitions, HeadStart headStart, boolean note);

    /**
     * Moves jobs whose time has come to the ready jobs, in the order of their due times, and lets jobs of groups in whose pause
     * is over.
     *
     * @return how many were moved; as many as {@code most} means that there may be more
     */
    Uni<Promoted> promoteDue(QueuePolicy policy, int partition, int most);

    /**
     * Lets jobs of groups in that may come in since the limits of groups have changed. Costs nothing where they have not since it
     * was last done from here.
     *
     * @return whether they might have
     */
    Uni<Boolean> fitGroups(QueuePolicy policy, int partition);

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
     * A partition to look at.
     *
     * @param busy whether the last look found jobs in it that wait or run
     */
    record Looked(QueuePolicy policy, int partition, boolean busy) {}

    /**
     * What a look found.
     *
     * @param nextDue how long until the first scheduled job is due or a group's pause is over, zero if it is; empty: there is none
     * @param busy jobs wait or run, so that some may be lost
     * @param cancels running jobs were asked to stop
     * @param outgoing something has to reach another partition
     * @param unreported ends wait for the history
     */
    record Due(Optional<Duration> nextDue, boolean busy, boolean cancels, boolean outgoing, boolean unreported) {}

    /**
     * What a promotion did.
     *
     * @param moved jobs that left the scheduled ones
     * @param nextDue see {@link Due}
     */
    record Promoted(int moved, Optional<Duration> nextDue) {}

    /**
     * What a rescue found.
     *
     * @param returned jobs that will run again
     * @param buried jobs that stalled too often
     */
    record Rescued(int returned, int buried) {}
}
