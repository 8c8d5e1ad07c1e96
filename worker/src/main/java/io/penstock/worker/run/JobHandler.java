package io.penstock.worker.run;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.smallrye.mutiny.Uni;

/**
 * Does the work of one job type without blocking. Called on an event loop; runs at least once per job, so what it does
 * must bear repetition. Any bean of this kind is found at start.
 *
 * <p>A failed {@code Uni} counts as a failed attempt; {@link io.penstock.common.job.UnrecoverableJobException} as
 * failed for good; {@link io.penstock.common.job.SnoozeException} puts the job off without using an attempt.
 */
public interface JobHandler<P> {

    JobType<P> type();

    Uni<Outcome> handle(P payload, JobContext context);

    /**
     * True for a handler that stops by itself when its job is cancelled, to leave things in order: it is only told,
     * see {@link JobContext#whenCancelled}, and has the queue's {@code cancel-grace} to end with
     * {@link Outcome#cancelled()}. If it completes instead, the job is completed. After the grace it is cut off.
     * False: its {@code Uni} is cancelled at once.
     */
    default boolean stopsItself() {
        return false;
    }
}
