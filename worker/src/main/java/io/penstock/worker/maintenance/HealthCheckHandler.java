package io.penstock.worker.maintenance;

import io.penstock.common.alert.Alerts;
import io.penstock.common.health.HealthProbe;
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
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Checks what Penstock stands on, keeps the result, and reports each part that is down as critical, whatever else has failed
 * as a warning. What fails is asked three times before it counts; it is well again after two checks in a row.
 *
 * <p>While PostgreSQL is away nothing can be kept or reported, nor does any schedule fire: the attempt fails and is made
 * again, and the readiness of every process says so meanwhile.
 */
@ApplicationScoped
class HealthCheckHandler implements JobHandler<HealthCheck> {

    /** What a run found. */
    record Report(String status, List<String> notUp) {}

    /** What fails so often in a row has failed. */
    private static final int TRIES = 3;

    /** A result, and the one before. */
    private record Found(HealthReport report, Optional<HealthReport> previous) {}

    private final Pool pool;
    private final RedisProbe redis;
    private final QueueStatuses statuses;
    private final List<HealthProbe> probes;
    private final HealthReportStore reports;
    private final Alerts alerts;
    private final MaintenanceConfig.HealthCheck config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    HealthCheckHandler(
            Pool pool,
            RedisProbe redis,
            QueueStatuses statuses,
            @Any Instance<HealthProbe> probes,
            HealthReportStore reports,
            Alerts alerts,
            MaintenanceConfig config) {
        this.pool = pool;
        this.redis = redis;
        this.statuses = statuses;
        this.probes = probes.stream().filter(HealthProbe::isOn).toList();
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
                .unis(postgresql(), redis(), others(), queues(), reports.latest())
                .with((postgresql, redis, others, queues, previous) ->
                        new Found(report(postgresql, redis, queues, others, previous), previous))
                .call(found -> reports.save(found.report()))
                .call(found -> alerts.report(HealthFindings.of(found.report(), found.previous())))
                .call(() -> reports.forget(config.keep()))
                .map(found -> Outcome.completed(answer(found.report())));
    }

    private Uni<Part> postgresql() {
        return timed("postgresql", pool.query("SELECT 1").execute().replaceWith(List.of()), Status.DOWN);
    }

    private Uni<Part> redis() {
        return timed("redis", redis.findings(), Status.DOWN);
    }

    private Uni<List<Part>> others() {
        return probes.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join()
                        .all(probes.stream()
                                .map(probe -> timed(
                                        probe.name(),
                                        Uni.createFrom().deferred(() -> probe.check()),
                                        probe.isCritical() ? Status.DOWN : Status.DEGRADED,
                                        probe.answerWithin().orElse(config.answerWithin()),
                                        probe.tries()))
                                .toList())
                        .andFailFast();
    }

    /** Up where it answers in time and finds nothing, degraded by what it finds, {@code failed} where it does not answer. */
    private Uni<Part> timed(String name, Uni<List<String>> probe, Status failed) {
        return timed(name, probe, failed, config.answerWithin(), TRIES);
    }

    private Uni<Part> timed(String name, Uni<List<String>> probe, Status failed, Duration within, int tries) {
        return Uni.createFrom().deferred(() -> {
            long begin = System.nanoTime();
            return probe.ifNoItem()
                    .after(within)
                    .fail()
                    .onFailure()
                    .retry()
                    .withBackOff(config.askAgainAfter(), config.askAgainAfter())
                    .withJitter(0)
                    .atMost(tries - 1)
                    .map(findings -> new Part(
                            name,
                            findings.isEmpty() ? Status.UP : Status.DEGRADED,
                            String.join("; ", findings),
                            millisSince(begin)))
                    .onFailure()
                    .recoverWithItem(
                            failure -> new Part(name, failed, "does not answer: " + why(failure), millisSince(begin)));
        });
    }

    /** What our own code says holds no secret; of others only the kind is told. */
    private static String why(Throwable failure) {
        Throwable cause =
                failure.getCause() != null && failure instanceof IllegalStateException ? failure.getCause() : failure;
        boolean ours = cause.getClass().getName().startsWith("io.penstock.");
        return ours ? String.valueOf(cause.getMessage()) : cause.getClass().getSimpleName();
    }

    /** Empty where Redis cannot be asked, which its own part says. */
    private Uni<List<QueueStatus>> queues() {
        return statuses.all().onFailure().recoverWithItem(List.of());
    }

    private HealthReport report(
            Part postgresql, Part redis, List<QueueStatus> queues, List<Part> others, Optional<HealthReport> previous) {
        List<Part> parts = new ArrayList<>(List.of(postgresql, redis));
        Map<String, Long> before = previous.map(HealthReport::finished).orElse(Map.of());
        StalledQueueCheck motion = new StalledQueueCheck(config.queueStuckAfter(), before);
        queues.forEach(queue -> parts.add(motion.judge(queue)));
        parts.addAll(others);
        return new HealthReport(
                clock.instant(),
                parts,
                queues.stream().collect(Collectors.toMap(QueueStatus::queue, StalledQueueCheck::finished)));
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
