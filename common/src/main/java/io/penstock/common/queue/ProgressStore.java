package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.util.List;

/**
 * What jobs say: progress and log lines while they run, and how they ended where that is kept. All of it expires; none of
 * it is needed to run the job.
 */
public interface ProgressStore {

    /** The most jobs in one call of {@link #write}. */
    int MAX_REPORTS = 100;

    /** Stores what jobs of one partition said. Their lines and progress expire some time after the last write. */
    Uni<Void> write(String queue, int partition, List<ProgressUpdate> updates);

    /** What is kept of a job's words besides its lines; {@link JobOutput#NOTHING} when there is none. */
    Uni<JobOutput> find(String jobId);

    /** The lines that are kept of a job, oldest first; empty when there are none. */
    Uni<List<JobLogLine>> lines(String jobId);
}
