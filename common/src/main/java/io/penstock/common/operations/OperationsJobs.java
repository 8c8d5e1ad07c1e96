package io.penstock.common.operations;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchTypeSource;
import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** The job and batch types of operations on many jobs. They belong to the platform. */
@ApplicationScoped
public class OperationsJobs implements JobTypeSource, BatchTypeSource {

    /**
     * Works a bulk operation off. Of version 2 since an operation is a batch: workers from before that leave it to the others.
     */
    public static final JobType<BulkJob> BULK = JobType.of("operations.bulk", BulkJob.class)
            .queue("batch-operations")
            .version(2);

    /** A bulk operation: each item is where a few pages of jobs to look at begin, and adds the page behind them. */
    public static final BatchType<BulkScan.Position> PAGES = BatchType.of("operations.bulk", BulkScan.Position.class)
            .chunkSize(1)
            .itemTimeout(Duration.ofMinutes(5));

    @Override
    public String workload() {
        return PLATFORM;
    }

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(BULK);
    }

    @Override
    public List<BatchType<?>> batchTypes() {
        return List.of(PAGES);
    }
}
