package io.penstock.worker.report;

import io.penstock.common.cache.CacheStatsStore;
import io.penstock.common.cache.WrittenKeys;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.report.PerformanceAnalysis;
import io.penstock.common.report.PerformanceReport;
import io.penstock.common.report.ReportBuilder;
import io.penstock.common.report.ReportJobs;
import io.penstock.common.report.ReportStore;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;

/** Makes a report, stores it, and drops figures and reports that nobody looks at any more. A repeated run makes no second report. */
@ApplicationScoped
class PerformanceAnalysisHandler implements JobHandler<PerformanceAnalysis> {

    private static final int WEEK = 7;
    private static final Duration KEEP_REPORTS = Duration.ofDays(2 * 366);
    private static final Duration KEEP_FIGURES = Duration.ofDays(60);
    /** Longer than any write behind is tried. */
    private static final Duration KEEP_WRITTEN = Duration.ofDays(30);

    /** Which report it made. */
    record Report(String reportId, int recommendations) {}

    private final ReportBuilder builder;
    private final ReportStore reports;
    private final CacheStatsStore figures;
    private final WrittenKeys written;
    private final InstantSource clock = InstantSource.system();

    @Inject
    PerformanceAnalysisHandler(
            ReportBuilder builder, ReportStore reports, CacheStatsStore figures, WrittenKeys written) {
        this.builder = builder;
        this.reports = reports;
        this.figures = figures;
        this.written = written;
    }

    @Override
    public JobType<PerformanceAnalysis> type() {
        return ReportJobs.PERFORMANCE_ANALYSIS;
    }

    @Override
    public Uni<Outcome> handle(PerformanceAnalysis payload, JobContext context) {
        Instant now = clock.instant();
        int days = Objects.requireNonNullElse(payload.days(), WEEK);
        UUID id = UUID.nameUUIDFromBytes(context.jobId().getBytes(StandardCharsets.UTF_8));
        return builder.build(id, now.minus(Duration.ofDays(days)), now)
                .call(reports::save)
                .call(() -> reports.forget(KEEP_REPORTS))
                .call(() -> figures.forget(KEEP_FIGURES))
                .call(() -> written.forget(KEEP_WRITTEN))
                .map(PerformanceAnalysisHandler::answer);
    }

    private static Outcome answer(PerformanceReport report) {
        return Outcome.completed(
                new Report(report.id().toString(), report.advice().size()));
    }
}
