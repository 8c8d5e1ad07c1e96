package io.penstock.common.queue;

import io.penstock.common.job.FailureKind;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One line of one queue partition as one worker sees it: claim, keep, and end jobs. The worker owns the claim loop;
 * the consumer never calls back.
 *
 * <p>Every ending is fenced: it takes effect only while the lease is still the caller's. {@code false}, or the job in
 * the returned set, means that the lease was lost and another worker has the job.
 */
public interface QueueConsumer extends AutoCloseable {

    /** As it is in force at this moment. */
    QueuePolicy policy();

    int partition();

    Lane lane();

    /**
     * Claims jobs, highest priority first, waiting up to {@code wait} for the first one.
     *
     * @param slots how many the caller can run now. A few more may come when several priorities fill at one instant;
     *     the caller holds them until it can run them
     * @param wait zero: takes what is there and comes back at once
     * @return empty when nothing came in time
     */
    Uni<List<ClaimedJob>> claim(int slots, Duration wait);

    /** Lets a claim that waits come back soon with what there is; it may have waited together with others, which do as well. */
    default void stopWaiting() {}

    /** Tells that the limits of the queue have changed: claims that wait, here and elsewhere, ask again under the new ones. */
    default Uni<Void> limitsChanged() {
        return Uni.createFrom().voidItem();
    }

    /**
     * Jobs that the store gave to this consumer and that it does not hold: those of a claim whose answer was lost. Their
     * leases are extended. Not to be called while a claim is under way.
     *
     * @param held all jobs that the consumer holds
     */
    Uni<List<ClaimedJob>> recover(Collection<ClaimedJob> held);

    /**
     * Notes that a job is about to run, so that it counts if the worker is lost now. Needed for jobs that
     * {@linkplain QueuePolicy#isSuspect are suspected} of ending workers; for others it would cost more than it tells.
     *
     * @return false: the lease was lost
     */
    Uni<Boolean> begin(ClaimedJob job);

    /** Extends the leases and returns those that were lost. */
    Uni<Set<ClaimedJob>> renew(Collection<ClaimedJob> jobs);

    /** Ends jobs well; returns those whose lease was lost. At most {@link #MAX_FINISH} in one call. */
    Uni<Set<ClaimedJob>> finish(List<FinishedJob> jobs);

    /** Schedules the next attempt; this one is used up. */
    Uni<Boolean> retryLater(ClaimedJob job, Duration delay, String error, FailureKind kind);

    /** The same after an error. */
    default Uni<Boolean> retryLater(ClaimedJob job, Duration delay, String error) {
        return retryLater(job, delay, error, FailureKind.ERROR);
    }

    /** Puts the job off; no attempt is used up. */
    Uni<Boolean> snooze(ClaimedJob job, Duration delay, String why);

    /**
     * The same, and no job of its group starts for as long, unless the group is paused for longer already; the job waits there.
     * One without a group, or where too many groups are paused, is only put off.
     */
    Uni<Boolean> snoozeWithGroup(ClaimedJob job, Duration delay, String why);

    /** The groups of this partition that are paused, and until when by the store's clock. */
    Uni<Map<String, Instant>> pausedGroups();

    /**
     * Returns jobs that were not run behind their groups, where these are paused, with no attempt used up and in their old turn.
     *
     * @return those whose group is not paused (any more): they stay with the caller
     */
    Uni<Set<ClaimedJob>> park(List<ClaimedJob> jobs);

    /** Gives the job up: it joins the dead jobs with this reason. */
    Uni<Boolean> bury(ClaimedJob job, String reason, FailureKind kind);

    /** The same after an error. */
    default Uni<Boolean> bury(ClaimedJob job, String reason) {
        return bury(job, reason, FailureKind.ERROR);
    }

    /** Ends a job that is not to be worked off (any more); its record tells why. */
    Uni<Boolean> drop(ClaimedJob job, Dropped reason, String why);

    /** Those of the jobs that somebody wants stopped. */
    Uni<List<CancelRequest>> cancelRequests(Collection<ClaimedJob> jobs);

    /** The time by the store's clock, which is the one that counts for jobs. */
    Instant now();

    /** Returns jobs that were not run to the queue, at once and with no attempt used up. */
    Uni<Set<ClaimedJob>> handBack(List<ClaimedJob> jobs);

    @Override
    void close();

    int MAX_FINISH = 256;
}
