package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.util.List;

/** Where workers show which of their jobs have run for long, because nobody else knows when a job began. */
public interface LongRunningJobs {

    /** Of one worker. */
    int MOST = 50;

    /** What one worker has now; {@link #MOST} of them are kept, for a minute. */
    Uni<Void> show(String queue, String workerId, List<LongRunningJob> jobs);

    /** Those of all workers, the oldest first. */
    Uni<List<LongRunningJob>> of(String queue);
}
