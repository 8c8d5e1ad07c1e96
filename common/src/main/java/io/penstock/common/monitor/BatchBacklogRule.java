package io.penstock.common.monitor;

import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Batches that are due and not begun. */
@ApplicationScoped
class BatchBacklogRule implements AlertRule {

    static final String SUBJECT = "monitor/batch-backlog";

    private static final String DUE =
            """
            SELECT count(*) FROM (
                SELECT FROM batch_operations WHERE status = 'pending' AND NOT paused AND total > 0
                    AND (start_at IS NULL OR start_at <= clock_timestamp()) LIMIT 10000) AS due
            """;

    private final Pool pool;
    private final MonitorConfig config;

    @Inject
    BatchBacklogRule(Pool pool, MonitorConfig config) {
        this.pool = pool;
        this.config = config;
    }

    @Override
    public String name() {
        return "batch-backlog";
    }

    @Override
    public Uni<List<Finding>> judge() {
        return pool.query(DUE).execute().map(rows -> of(rows.iterator().next().getLong(0), config.maxBatchBacklog()));
    }

    static List<Finding> of(long due, long bound) {
        return Judgement.of(
                SUBJECT,
                Severity.WARNING,
                (double) due,
                (double) bound,
                due + " batches are due and not begun, the bound is " + bound);
    }
}
