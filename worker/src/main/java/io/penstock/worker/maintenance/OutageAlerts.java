package io.penstock.worker.maintenance;

import io.penstock.common.alert.Alerts;
import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.job.JobOptions;
import io.penstock.common.maintenance.MaintenanceJobs;
import io.penstock.common.maintenance.OutageNotice;
import io.penstock.common.queue.IdempotencyKey;
import io.penstock.common.queue.JobEnqueuer;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Alerts are in PostgreSQL: that Redis is away is one of them. That PostgreSQL is away is told by a job, of which there is one in ten minutes. */
@ApplicationScoped
class OutageAlerts implements OutageNews {

    private static final Duration ONCE_IN = Duration.ofMinutes(10);
    private static final int ATTEMPTS = 10;

    private final Alerts alerts;
    private final JobEnqueuer enqueuer;
    private final InstantSource clock = InstantSource.system();

    @Inject
    OutageAlerts(Alerts alerts, JobEnqueuer enqueuer) {
        this.alerts = alerts;
        this.enqueuer = enqueuer;
    }

    @Override
    public Uni<Void> ofRedis(boolean over) {
        Finding finding = over
                ? Finding.well("health/redis", "redis is well again")
                : Finding.wrong("health/redis", Severity.CRITICAL, "redis does not answer");
        return alerts.report(List.of(finding)).replaceWithVoid();
    }

    @Override
    public Uni<Void> ofPostgresql(boolean over) {
        long now = clock.millis();
        String key = "outage-of-postgresql:" + (over ? "over:" : "begun:") + now / ONCE_IN.toMillis();
        return enqueuer.enqueue(
                        MaintenanceJobs.OUTAGE_NOTICE,
                        new OutageNotice(over, now),
                        JobOptions.DEFAULT.withAttempts(ATTEMPTS),
                        IdempotencyKey.of(key))
                .replaceWithVoid();
    }
}
