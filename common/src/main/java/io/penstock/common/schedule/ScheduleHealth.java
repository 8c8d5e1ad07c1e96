package io.penstock.common.schedule;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** What is wrong with the schedules. */
@ApplicationScoped
public class ScheduleHealth {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String LATE =
            """
            SELECT id, next_run FROM scheduled_task
            WHERE is_active AND NOT suspended AND deleted_at IS NULL AND next_run < $1 ORDER BY next_run LIMIT 1""";

    private static final String FAILING =
            """
            SELECT id, failures_in_row, coalesce(definition_error, '') AS definition_error FROM scheduled_task
            WHERE is_active AND NOT suspended AND deleted_at IS NULL
                AND (failures_in_row >= $1 OR definition_error IS NOT NULL)
            ORDER BY failures_in_row DESC, id LIMIT $2""";

    private final Pool pool;

    @Inject
    public ScheduleHealth(Pool pool) {
        this.pool = pool;
    }

    /** A schedule that should have been fired at a time that has passed. */
    public record Late(String task, Instant due) {}

    /**
     * A schedule whose jobs fail.
     *
     * @param inRow how many in a row
     * @param definitionError why it cannot be fired at all; empty: it can
     */
    public record Failing(String task, int inRow, String definitionError) {}

    /** The one that was due first of those due before a time; empty: there is none. */
    public Uni<Optional<Late>> dueBefore(Instant time) {
        return pool.preparedQuery(LATE)
                .execute(Tuple.of(time.atOffset(ZoneOffset.UTC)))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(rows -> rows.stream().findFirst().map(ScheduleHealth::late));
    }

    private static Late late(Row row) {
        OffsetDateTime due = row.getOffsetDateTime("next_run");
        return new Late(row.getString("id"), due.toInstant());
    }

    /** Those that have failed so often in a row or cannot be fired, the worst first. */
    public Uni<List<Failing>> failing(int inRow, int most) {
        return pool.preparedQuery(FAILING)
                .execute(Tuple.of(inRow, most))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(rows -> rows.stream()
                        .map(row -> new Failing(
                                row.getString("id"),
                                row.getInteger("failures_in_row"),
                                row.getString("definition_error")))
                        .toList());
    }
}
