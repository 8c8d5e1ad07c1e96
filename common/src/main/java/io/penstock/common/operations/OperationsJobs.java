package io.penstock.common.operations;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The job types of the platform itself. */
@ApplicationScoped
public class OperationsJobs implements JobTypeSource {

    /** Works through a bulk operation. */
    public static final JobType<BulkJob> BULK =
            JobType.of("operations.bulk", BulkJob.class).queue("batch-operations");

    @Override
    public String workload() {
        return PLATFORM;
    }

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(BULK);
    }
}
