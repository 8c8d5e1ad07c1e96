package io.penstock.common.batch;

import io.penstock.common.health.HealthProbe;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks whether batches get on: none may be due for long without having begun, and no runner may be silent for long. */
@ApplicationScoped
class BatchQueueProbe implements HealthProbe {

    private static final Duration LONG = Duration.ofMinutes(15);

    private static final String STUCK =
            """
            SELECT
                (SELECT count(*) FROM batch_operations WHERE status = 'pending' AND NOT paused AND total > 0
                    AND coalesce(start_at, created_at) < now() - $1 * interval '1 second') AS due,
                (SELECT count(*) FROM batch_operation_runners WHERE busy AND seen_at < now() - $1 * interval '1 second') AS silent
            """;

    private final Pool pool;

    @Inject
    BatchQueueProbe(Pool pool) {
        this.pool = pool;
    }

    @Override
    public String name() {
        return "batches";
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Uni<List<String>> check() {
        return pool.preparedQuery(STUCK)
                .execute(Tuple.of((double) LONG.toSeconds()))
                .map(rows -> rows.iterator().next())
                .map(row -> findings(row.getLong("due"), row.getLong("silent")));
    }

    static List<String> findings(long due, long silent) {
        List<String> found = new ArrayList<>();
        if (due > 0) {
            found.add(due + " batches have been due for 15 minutes and are not begun");
        }
        if (silent > 0) {
            found.add(silent + " runners of batches have been silent for 15 minutes");
        }
        return found;
    }
}
