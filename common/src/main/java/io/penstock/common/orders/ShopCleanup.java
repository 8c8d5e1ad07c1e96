package io.penstock.common.orders;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** Removes old rows of the shop, and has PostgreSQL tidy up. */
@ApplicationScoped
public class ShopCleanup {

    /** What the cleanup leaves holes in, and what changes most all week. */
    private static final List<String> TABLES = List.of(
            "shop_support_session",
            "task_execution_log",
            "shop_file",
            "shop_file_removal",
            "shop_mail",
            "shop_order",
            "shop_ticket",
            "shop_ticket_type");

    private static final String FORGET_SUPPORT =
            """
            DELETE FROM shop_support_session WHERE id IN (
                SELECT id FROM shop_support_session
                WHERE closed_at < clock_timestamp() - $1 * interval '1 second' ORDER BY closed_at LIMIT $2)
            """;

    private final Pool pool;

    public ShopCleanup(Pool pool) {
        this.pool = pool;
    }

    /** Drops support sessions that were closed long ago, at most {@code most}; answers how many. */
    public Uni<Integer> forgetSupportSessions(Duration age, int most) {
        return pool.preparedQuery(FORGET_SUPPORT)
                .execute(Tuple.of((double) age.toSeconds(), most))
                .map(RowSet::rowCount);
    }

    /** {@code VACUUM (ANALYZE)}, table by table, each as a statement of its own: it runs in no transaction. */
    public Uni<Void> vacuum() {
        return Multi.createFrom()
                .iterable(TABLES)
                .onItem()
                .transformToUniAndConcatenate(
                        table -> pool.query("VACUUM (ANALYZE) " + table).execute())
                .collect()
                .last()
                .replaceWithVoid();
    }
}
