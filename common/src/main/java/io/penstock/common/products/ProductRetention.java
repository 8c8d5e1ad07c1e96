package io.penstock.common.products;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;

/** Deletes what is older than it has to be kept, and is no history: that goes by whole months, see {@link ProductMonths}. */
@ApplicationScoped
public class ProductRetention {

    /** What refers to a row goes before it. What is still to be sent stays. */
    private static final List<String> STATEMENTS = List.of(
            """
            DELETE FROM product_notification WHERE id IN (
                SELECT id FROM product_notification
                WHERE created_at < $1 AND state NOT IN ('pending', 'digest') ORDER BY created_at LIMIT $2)
            """,
            """
            DELETE FROM product_anomaly WHERE id IN (
                SELECT id FROM product_anomaly WHERE created_at < $1 ORDER BY created_at LIMIT $2)
            """,
            """
            DELETE FROM product_report WHERE id IN (
                SELECT id FROM product_report WHERE created_at < $1 ORDER BY created_at LIMIT $2)
            """,
            """
            DELETE FROM product_scrape_run WHERE run_id IN (
                SELECT run_id FROM product_scrape_run WHERE started_at < $1 ORDER BY started_at LIMIT $2)
            """);

    private final Pool pool;

    @Inject
    public ProductRetention(Pool pool) {
        this.pool = pool;
    }

    /**
     * Deletes some of each kind that are older.
     *
     * @param most bounds each statement
     * @return how many went; {@code most} where more may be left
     */
    public Uni<Integer> forget(Instant before, int most) {
        return Multi.createFrom()
                .iterable(STATEMENTS)
                .onItem()
                .transformToUniAndConcatenate(statement -> pool.preparedQuery(statement)
                        .execute(Tuple.of(before.atOffset(ZoneOffset.UTC), most))
                        .map(rows -> rows.rowCount()))
                .collect()
                .with(Collectors.reducing(
                        0, (one, other) -> one == most || other == most ? most : Math.min(most - 1, one + other)));
    }
}
