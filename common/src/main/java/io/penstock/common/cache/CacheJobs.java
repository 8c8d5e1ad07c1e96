package io.penstock.common.cache;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** What the caches have done in the background. */
@ApplicationScoped
public class CacheJobs implements JobTypeSource {

    /**
     * Stores a value for good that is in the cache already. Its queue lets in one job of a group at a time, and the group is
     * the key.
     */
    public static final JobType<WriteBehind> WRITE_BEHIND = JobType.of("cache.write_behind", WriteBehind.class)
            .queue("cache-writes")
            .timeout(Duration.ofMinutes(1));

    /** Loads the popular keys of a cache. */
    public static final JobType<WarmUp> WARM_UP =
            JobType.of("cache.warm_up", WarmUp.class).queue("cleanup").timeout(Duration.ofMinutes(30));

    /** Removes the entries that a pattern matches. */
    public static final JobType<CleanUpCache> CLEAN_UP =
            JobType.of("cleanup_cache", CleanUpCache.class).queue("cleanup").timeout(Duration.ofMinutes(10));

    @Override
    public String workload() {
        return PLATFORM;
    }

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(WRITE_BEHIND, WARM_UP, CLEAN_UP);
    }
}
