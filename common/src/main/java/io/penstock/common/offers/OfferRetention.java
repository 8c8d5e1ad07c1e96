package io.penstock.common.offers;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * Deletes what is older than it has to be kept, in steps: no statement runs for long, and what one run does not get done
 * the next one does.
 */
@ApplicationScoped
public class OfferRetention {

    /** Rows of one statement: some dozens of milliseconds. */
    static final int STEP = 5_000;

    private static final int MAX_STEPS = 200;

    private static final String DELETE_SNAPSHOTS =
            """
            DELETE FROM offer_snapshots WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM offer_snapshots WHERE taken_at < now() - make_interval(secs => $1) LIMIT $2))
            """;

    private static final String DELETE_ALERTS =
            """
            DELETE FROM offer_alerts WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM offer_alerts WHERE raised_at < now() - make_interval(secs => $1) LIMIT $2))
            """;

    private static final String DELETE_SWEEPS =
            """
            DELETE FROM sweeps WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM sweeps WHERE started_at < now() - make_interval(secs => $1) LIMIT $2))
            """;

    private static final String DELETE_PLANS =
            """
            DELETE FROM sweep_plans WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM sweep_plans WHERE planned_at < now() - make_interval(secs => $1) LIMIT $2))
            """;

    private final Pool pool;

    @Inject
    public OfferRetention(Pool pool) {
        this.pool = pool;
    }

    /** How many snapshots were deleted. */
    public Uni<Long> deleteSnapshotsOlderThan(Duration age) {
        return deleteInSteps(DELETE_SNAPSHOTS, age);
    }

    /** How many alerts were deleted. */
    public Uni<Long> deleteAlertsOlderThan(Duration age) {
        return deleteInSteps(DELETE_ALERTS, age);
    }

    /** How many sweeps were deleted, with their chunks, pages and plans. */
    public Uni<Long> deleteSweepsOlderThan(Duration age) {
        return deleteInSteps(DELETE_PLANS, age).chain(() -> deleteInSteps(DELETE_SWEEPS, age));
    }

    private Uni<Long> deleteInSteps(String statement, Duration age) {
        return Multi.createBy()
                .repeating()
                .uni(() -> deleteStep(statement, age))
                .whilst(deleted -> deleted == STEP)
                .select()
                .first(MAX_STEPS)
                .collect()
                .with(Collectors.summingLong(Integer::longValue));
    }

    private Uni<Integer> deleteStep(String statement, Duration age) {
        return pool.preparedQuery(statement)
                .execute(Tuple.of((double) age.toSeconds(), STEP))
                .map(rows -> rows.rowCount());
    }
}
