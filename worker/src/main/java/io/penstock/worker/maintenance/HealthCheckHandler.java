package io.penstock.worker.maintenance;

import io.penstock.common.alert.Alerts;
import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.health.RedisProbe;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.maintenance.HealthCheck;
import io.penstock.common.maintenance.HealthReport;
import io.penstock.common.maintenance.HealthReport.Part;
import io.penstock.common.maintenance.HealthReport.Status;
import io.penstock.common.maintenance.HealthReportStore;
import io.penstock.common.maintenance.MaintenanceJobs;
import io.penstock.common.queue.QueueStatus;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Checks what Penstock stands on, keeps the result, and reports each part that is down as critical.
 *
 * <p>While PostgreSQL is away nothing can be kept or reported, nor does any schedule fire: the attempt fails and is made
 * again, and the readiness of every process says so meanwhile.
 */
@ApplicationScoped
class HealthCheckHandler implements JobHandler<HealthCheck> {

    /** What a run found. */
    @RegisterForReflection
    record Report(String status, List<String> notUp) {}

    private final Pool pool;
    private final RedisProbe redis;
    private final QueueStatuses statuses;
    private final HealthReportStore reports;
    private final Alerts alerts;
    private final MaintenanceConfig.HealthCheck config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    HealthCheckHandler(
            Pool pool,
            RedisProbe redis,
            QueueStatuses statuses,
            HealthReportStore reports,
            Alerts alerts,
            MaintenanceConfig config) {
        this.pool = pool;
        this.redis = redis;
        this.statuses = statuses;
        this.reports = reports;
        this.alerts = alerts;
        this.config = config.healthCheck();
    }

    @Override
    public JobType<HealthCheck> type() {
        return MaintenanceJobs.HEALTH_CHECK;
    }

    @Override
    public Uni<Outcome> handle(HealthCheck payload, JobContext context) {
        return Uni.combine()
                .all()
                .unis(postgresql(), redis(), queues(), reports.latest())
                .asTuple()
                .map(found -> report(found.getItem1(), found.getItem2(), found.getItem3(), found.getItem4()))
                .call(reports::save)
                .call(report -> alerts.report(
                        report.parts().stream().map(HealthCheckHandler::finding).toList()))
                .call(() -> reports.forget(config.keep()))
                .map(report -> Outcome.completed(answer(report)));
    }

    private Uni<Part> postgresql() {
        return timed("postgresql", pool.query("SELECT 1").execute().replaceWith(List.of()));
    }

    private Uni<Part> redis() {
        return timed("redis", redis.findings());
    }

    /** Up where it answers in time and finds nothing, degraded by what it finds, down where it does not answer. */
    private Uni<Part> timed(String name, Uni<List<String>> probe) {
        return Uni.createFrom().deferred(() -> {
            long begin = System.nanoTime();
            return probe.ifNoItem()
                    .after(config.answerWithin())
                    .fail()
                    .map(findings -> new Part(
                            name,
                            findings.isEmpty() ? Status.UP : Status.DEGRADED,
                            String.join("; ", findings),
                            millisSince(begin)))
                    .onFailure()
                    .recoverWithItem(failure -> new Part(
                            name,
                            Status.DOWN,
                            "does not answer: " + failure.getClass().getSimpleName(),
                            millisSince(begin)));
        });
    }

    /** Empty where Redis cannot be asked, which its own part says. */
    private Uni<List<QueueStatus>> queues() {
        return statuses.all().onFailure().recoverWithItem(List.of());
    }

    private HealthReport report(
            Part postgresql, Part redis, List<QueueStatus> queues, Optional<HealthReport> previous) {
        List<Part> parts = new ArrayList<>(List.of(postgresql, redis));
        Map<String, Long> before = previous.map(HealthReport::finished).orElse(Map.of());
        StalledQueueCheck motion = new StalledQueueCheck(config.queueStuckAfter(), before);
        queues.forEach(queue -> parts.add(motion.judge(queue)));
        return new HealthReport(
                clock.instant(),
                parts,
                queues.stream().collect(Collectors.toMap(QueueStatus::queue, StalledQueueCheck::finished)));
    }

    private static Finding finding(Part part) {
        String subject = "health/" + part.name();
        return part.status() == Status.DOWN
                ? Finding.wrong(subject, Severity.CRITICAL, part.name() + " " + part.detail())
                : Finding.well(subject, part.name() + " is well again");
    }

    private static Report answer(HealthReport report) {
        return new Report(
                report.status().code(),
                report.parts().stream()
                        .filter(part -> part.status() != Status.UP)
                        .map(Part::name)
                        .toList());
    }

    private static long millisSince(long beginNanos) {
        return (System.nanoTime() - beginNanos) / 1_000_000;
    }
}
