package io.penstock.common.maintenance;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/**
 * The job types that keep Penstock in order. Those that watch go to a queue that is served first: they must not wait for
 * what they warn of. Those that clear out have time.
 */
@ApplicationScoped
public class MaintenanceJobs implements JobTypeSource {

    private static final String WATCHING = "high-priority";
    private static final String CLEARING_OUT = "cleanup";

    /** Looks how full the queues are. */
    public static final JobType<QueueMonitor> QUEUE_MONITOR =
            JobType.of("queue_monitor", QueueMonitor.class).queue(WATCHING).timeout(Duration.ofSeconds(30));

    /** Looks whether everything Penstock stands on is well, and keeps the result. */
    public static final JobType<HealthCheck> HEALTH_CHECK =
            JobType.of("health_check", HealthCheck.class).queue(WATCHING).timeout(Duration.ofMinutes(1));

    /** Removes temporary keys that would never expire. */
    public static final JobType<CacheMaintenance> CACHE_MAINTENANCE = JobType.of(
                    "cache_maintenance", CacheMaintenance.class)
            .queue(CLEARING_OUT)
            .timeout(Duration.ofMinutes(10));

    /** Removes records of jobs that ended long ago. */
    public static final JobType<QueueMaintenance> QUEUE_MAINTENANCE = JobType.of(
                    "queue_maintenance", QueueMaintenance.class)
            .queue(CLEARING_OUT)
            .timeout(Duration.ofMinutes(10));

    /** Drops rows that are too old, of all that have such; then temporary values leave the caches. */
    public static final JobType<CleanUpOldData> CLEAN_UP_OLD_DATA = JobType.of("cleanup_old_data", CleanUpOldData.class)
            .queue(CLEARING_OUT)
            .timeout(Duration.ofMinutes(30));

    /** Tells people that PostgreSQL is away, which holds all other alerts; so it needs nothing but Redis. */
    public static final JobType<OutageNotice> OUTAGE_NOTICE =
            JobType.of("outage_notice", OutageNotice.class).queue(WATCHING).timeout(Duration.ofSeconds(30));

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(
                QUEUE_MONITOR, HEALTH_CHECK, CACHE_MAINTENANCE, QUEUE_MAINTENANCE, CLEAN_UP_OLD_DATA, OUTAGE_NOTICE);
    }
}
