package io.penstock.common.flow;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The decisions of operators about guards, in PostgreSQL: they must outlive a Redis that loses what it held, and it is to be
 * known who took them.
 */
@ApplicationScoped
public class GuardForces {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String ALL =
            "SELECT guard, state, reset_at, changed_by, changed_at, reason FROM guard_force ORDER BY guard";

    private static final String FORCE =
            """
            INSERT INTO guard_force AS f (guard, state, reset_at, changed_by, changed_at, reason)
            VALUES ($1, $2, to_timestamp(0), $3, clock_timestamp(), $4)
            ON CONFLICT (guard) DO UPDATE SET state = excluded.state, changed_by = excluded.changed_by,
                changed_at = excluded.changed_at, reason = excluded.reason
            """;

    private static final String RESET =
            """
            INSERT INTO guard_force AS f (guard, state, reset_at, changed_by, changed_at, reason)
            VALUES ($1, 'none', clock_timestamp(), $2, clock_timestamp(), $3)
            ON CONFLICT (guard) DO UPDATE SET state = 'none', reset_at = excluded.reset_at,
                changed_by = excluded.changed_by, changed_at = excluded.changed_at, reason = excluded.reason
            """;

    private final Pool pool;

    public GuardForces(Pool pool) {
        this.pool = pool;
    }

    public Uni<List<GuardForce>> all() {
        return pool.query(ALL).execute().ifNoItem().after(DEADLINE).fail().map(rows -> {
            List<GuardForce> found = new ArrayList<>();
            rows.forEach(row -> found.add(force(row)));
            return found;
        });
    }

    public Uni<Void> force(String guard, GuardForce.State state, String by, String reason) {
        return run(FORCE, Tuple.of(guard, state.code(), by, reason));
    }

    /** Lifts what was forced, and has every process forget what its breaker and the upstream said. */
    public Uni<Void> reset(String guard, String by, String reason) {
        return run(RESET, Tuple.of(guard, by, reason));
    }

    private Uni<Void> run(String statement, Tuple values) {
        return pool.preparedQuery(statement)
                .execute(values)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }

    private static GuardForce force(Row row) {
        return new GuardForce(
                row.getString("guard"),
                GuardForce.State.ofCode(row.getString("state")),
                row.getOffsetDateTime("reset_at").toInstant(),
                row.getString("changed_by"),
                row.getOffsetDateTime("changed_at").toInstant(),
                row.getString("reason"));
    }
}
