package io.penstock.common.diagnostics;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchTypeSource;
import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The diagnostic job and batch types. Off in production, see {@link io.penstock.common.queue.WorkloadConfig}. */
@ApplicationScoped
public class DiagnosticsJobs implements JobTypeSource, BatchTypeSource {

    private static final String QUEUE = "diagnostics";

    /** Ends at once. */
    public static final JobType<Ping> PING =
            JobType.of("diagnostics.ping", Ping.class).queue(QUEUE);
    /** Takes its time. */
    public static final JobType<Sleep> SLEEP =
            JobType.of("diagnostics.sleep", Sleep.class).queue(QUEUE);
    /** Fails so many times before it succeeds, or for good. */
    public static final JobType<Fail> FAIL =
            JobType.of("diagnostics.fail", Fail.class).queue(QUEUE);

    /** Items that are completed at once. */
    public static final BatchType<Long> COUNT = BatchType.of("diagnostics.count", Long.class);

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(PING, SLEEP, FAIL);
    }

    @Override
    public List<BatchType<?>> batchTypes() {
        return List.of(COUNT);
    }
}
