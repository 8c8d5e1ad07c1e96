package io.penstock.common.batch;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** The job types that work batches off. They belong to the platform. */
@ApplicationScoped
public class BatchJobs implements JobTypeSource {

    /** A run lets others have its slot after some seconds; a chunk of slow items may take long. */
    public static final JobType<BatchRun> RUN =
            JobType.of("batch.run", BatchRun.class).queue("batch-operations").timeout(Duration.ofHours(6));

    public static final JobType<BatchKeep> KEEP =
            JobType.of("batch.keep", BatchKeep.class).queue("high-priority").timeout(Duration.ofMinutes(1));

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(RUN, KEEP);
    }

    @Override
    public String workload() {
        return PLATFORM;
    }
}
