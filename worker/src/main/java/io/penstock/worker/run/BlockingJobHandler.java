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
}
