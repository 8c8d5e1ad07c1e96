package io.penstock.common.report;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.OverlapPolicy;
import io.penstock.common.schedule.ScheduleSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** How reports are made, and when. */
@ApplicationScoped
public class ReportJobs implements JobTypeSource, ScheduleSource {

    private static final String ZONE = "Asia/Taipei";

    /** Makes a report of the last days. */
    public static final JobType<PerformanceAnalysis> PERFORMANCE_ANALYSIS = JobType.of(
                    "performance_analysis", PerformanceAnalysis.class)
            .queue("analysis")
            .timeout(Duration.ofMinutes(5));

    @Override
    public String workload() {
        return PLATFORM;
    }

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(PERFORMANCE_ANALYSIS);
    }

    @Override
    public List<DeclaredSchedule> schedules() {
        return List.of(DeclaredSchedule.of(
                        "performance-analysis",
                        "Performance report",
                        "Reports what queues and caches did in the last week, and what to do about it.",
                        "0 3 * * 0",
                        ZONE,
                        PERFORMANCE_ANALYSIS.name(),
                        "{}")
                .overlap(OverlapPolicy.SKIP));
    }
}
