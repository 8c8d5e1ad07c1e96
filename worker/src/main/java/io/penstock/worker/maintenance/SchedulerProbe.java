package io.penstock.worker.maintenance;

import io.penstock.common.health.HealthProbe;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/**
 * Asks whether a scheduler is at work: no schedule may be due for long. Where none is, no health check comes by itself
 * either; the next one that somebody starts, or that comes when it is back, tells.
 */
@ApplicationScoped
class SchedulerProbe implements HealthProbe {

    private static final String OVERDUE =
            """
            SELECT count(*) AS overdue, coalesce(max(extract(epoch FROM clock_timestamp() - next_run)), 0)::bigint AS seconds
            FROM scheduled_task
            WHERE is_active AND NOT suspended AND deleted_at IS NULL
              AND next_run < clock_timestamp() - $1 * interval '1 millisecond'
            """;

    private final Pool pool;
    private final MaintenanceConfig.HealthCheck config;

    @Inject
    SchedulerProbe(Pool pool, MaintenanceConfig config) {
        this.pool = pool;
        this.config = config.healthCheck();
    }

    @Override
    public String name() {
        return "scheduler";
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Uni<List<String>> check() {
        return pool.preparedQuery(OVERDUE)
                .execute(Tuple.of((double) config.scheduleOverdueAfter().toMillis()))
                .map(rows -> findings(rows.iterator().next()));
    }

    private static List<String> findings(Row row) {
        long overdue = row.getLong("overdue");
        return overdue == 0
                ? List.of()
                : List.of("no scheduler is at work: " + overdue + " schedules are overdue, one of them by "
                        + row.getLong("seconds") + " s");
    }
}
