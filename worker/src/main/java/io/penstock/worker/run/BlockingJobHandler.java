package io.penstock.worker.run;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;

/**
 * Does the work of one job type with blocking calls, on a thread of its own (a virtual one where the JVM has them).
 * The thread is interrupted when the job times out, is cancelled or lost. Exceptions mean what they mean for {@link JobHandler}.
 */
public interface BlockingJobHandler<P> {

    JobType<P> type();

    Outcome handle(P payload, JobContext context) throws Exception;

    /**
     * True for a handler that stops by itself when its job is cancelled, to leave things in order: it is only told,
     * see {@link JobContext#whenCancelled}, and has the queue's {@code cancel-grace} to end with
     * {@link Outcome#cancelled()}. If it completes instead, the job is completed. After the grace it is cut off.
     * False: its thread is interrupted at once; the job counts as stopped when the thread has really ended.
     */
    default boolean stopsItself() {
        return false;
    }
}
