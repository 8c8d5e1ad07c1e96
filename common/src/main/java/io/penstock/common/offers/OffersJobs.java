package io.penstock.common.offers;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchTypeSource;
import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** The job and batch types of the offers workload. */
@ApplicationScoped
public class OffersJobs implements JobTypeSource, BatchTypeSource {

    /** Pages of one chunk. */
    public static final int CHUNK_PAGES = 10;
    /** Pages of one sweep, and of the whole round the scheduled sweeps make. */
    public static final int MAX_PAGES = 120;
    /** Pages that may be asked for; far above any feed, so that only typing errors are refused. */
    public static final int LAST_PAGE = 100_000;
    /** Pages a chunk reads at once where the caller does not say. */
    public static final int DEFAULT_CONCURRENCY = 5;
    /** Pages a caller may ask a chunk to read at once; the worker may hold it lower. */
    public static final int MAX_CONCURRENCY = 50;

    /** Reads the offers of the conversion list again. */
    public static final JobType<HighFetch> HIGH_FETCH =
            JobType.of("offers.high_fetch", HighFetch.class).queue("high-priority");

    /** Pages of the feed. A chunk of a sweep is a batch of this type, worked off by a job of {@link #FULL_CHUNK}. */
    public static final BatchType<Integer> PAGES = BatchType.of("offers.sweep", Integer.class)
            .chunkSize(CHUNK_PAGES)
            .tries(3)
            .itemTimeout(Duration.ofMinutes(2));

    /** Reads some pages of a sweep. */
    public static final JobType<FullChunk> FULL_CHUNK =
            JobType.of("offers.full_chunk", FullChunk.class).queue("full-sync-chunk");

    /** Starts a sweep of the next pages of the round. */
    public static final JobType<PlanNext> PLAN_NEXT = JobType.of("offers.plan_next", PlanNext.class)
            .queue("high-priority")
            .timeout(Duration.ofMinutes(1));

    /** Puts what sweeps found on the conversion list and clears out what is too old. */
    public static final JobType<ConversionMerge> CONVERSION_MERGE =
            JobType.of("offers.conversion_merge", ConversionMerge.class).queue("high-priority");

    /** Mails the alerts that are pending. */
    public static final JobType<SendAlerts> SEND_ALERTS =
            JobType.of("offers.send_alerts", SendAlerts.class).queue("notification");

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(HIGH_FETCH, FULL_CHUNK, PLAN_NEXT, CONVERSION_MERGE, SEND_ALERTS);
    }

    @Override
    public List<BatchType<?>> batchTypes() {
        return List.of(PAGES);
    }
}
