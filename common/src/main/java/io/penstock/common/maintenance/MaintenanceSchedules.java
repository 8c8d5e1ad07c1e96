package io.penstock.common.maintenance;

import io.penstock.common.job.JobType;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.MisfirePolicy;
import io.penstock.common.schedule.OverlapPolicy;
import io.penstock.common.schedule.ScheduleSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** When Penstock looks after itself. What was missed of a look at the present is not made up for. */
@ApplicationScoped
public class MaintenanceSchedules implements ScheduleSource {

    private static final String ZONE = "Asia/Taipei";

    @Override
    public List<DeclaredSchedule> schedules() {
        return List.of(
                schedule(
                                "queue-monitor",
                                "Queue monitor",
                                "Measures how full the queues are, and warns of those that are too full.",
                                "* * * * *",
                                MaintenanceJobs.QUEUE_MONITOR)
                        .misfire(MisfirePolicy.SKIP),
                schedule(
                                "health-check",
                                "Health check",
                                "Checks PostgreSQL, Redis, the queues, the scheduler and the upstreams; raises an alert where they fail.",
                                "0 */5 * * * *",
                                MaintenanceJobs.HEALTH_CHECK)
                        .misfire(MisfirePolicy.SKIP),
                schedule(
                        "cache-maintenance",
                        "Cache maintenance",
                        "Removes keys below temp: that would never expire.",
                        "0 * * * *",
                        MaintenanceJobs.CACHE_MAINTENANCE),
                schedule(
                        "queue-maintenance",
                        "Queue maintenance",
                        "Removes records of jobs that completed more than a day, or were given up more than a week ago.",
                        "0 2 * * *",
                        MaintenanceJobs.QUEUE_MAINTENANCE),
                schedule(
                        "daily-cleanup",
                        "Daily cleanup",
                        "Drops data older than 90 days, then what is below temp: in the caches.",
                        "0 3 * * *",
                        MaintenanceJobs.CLEAN_UP_OLD_DATA));
    }

    private static DeclaredSchedule schedule(
            String id, String name, String description, String expression, JobType<?> type) {
        return DeclaredSchedule.of(id, name, description, expression, ZONE, type.name(), "{}")
                .overlap(OverlapPolicy.SKIP);
    }
}
