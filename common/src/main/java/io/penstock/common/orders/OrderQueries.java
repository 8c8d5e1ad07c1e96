package io.penstock.common.orders;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The questions that can be asked about orders. Every answer is bounded. */
@ApplicationScoped
public class OrderQueries {

    /** Where orders of a state are counted no further. */
    public static final int MAX_COUNT = 100_000;

    private static final String FROM = " FROM shop_order AS o JOIN shop_user AS u ON u.id = o.user_id ";

    private static final String FIND = "SELECT " + OrderRows.COLUMNS + FROM + "WHERE o.id = $1";

    private static final String PENDING = "SELECT " + OrderRows.COLUMNS + FROM
            + """
              WHERE o.state = 'pending' AND (o.expires_at, o.id) > ($1::timestamptz, $2)
              ORDER BY o.expires_at, o.id LIMIT $3
              """;

    private static final String ENDED = "SELECT " + OrderRows.COLUMNS + FROM
            + """
              WHERE o.state <> 'pending' AND o.state = $1 AND o.id < $2 ORDER BY o.id DESC LIMIT $3
              """;

    private static final String COUNT_PENDING =
            "SELECT count(*) AS n FROM (SELECT 1 FROM shop_order WHERE state = 'pending' LIMIT $1) AS counted";

    private static final String COUNT_ENDED =
            """
            SELECT count(*) AS n FROM (
                SELECT 1 FROM shop_order WHERE state <> 'pending' AND state = $1 LIMIT $2) AS counted
            """;

    /** Holds whose time has passed, the oldest first. */
    private static final String DUE =
            """
            SELECT id, expires_at FROM shop_order
            WHERE state = 'pending' AND (expires_at, id) > ($1::timestamptz, $2)
              AND expires_at <= clock_timestamp() - $3 * interval '1 millisecond'
            ORDER BY expires_at, id LIMIT $4
            """;

    /** A place in the list of pending orders: behind the order with this id, which expires then. */
    public record Place(Instant expiresAt, long id) {

        public static final Place START = new Place(Instant.EPOCH, 0);
    }

    private final Pool pool;

    public OrderQueries(Pool pool) {
        this.pool = pool;
    }

    public Uni<Optional<Order>> find(long id) {
        return pool.preparedQuery(FIND).execute(Tuple.of(id)).map(rows -> orders(rows).stream()
                .findFirst());
    }

    /** Pending orders, those that expire first first. */
    public Uni<List<Order>> pending(Place after, int most) {
        return pool.preparedQuery(PENDING)
                .execute(Tuple.of(after.expiresAt().atOffset(ZoneOffset.UTC), after.id(), most))
                .map(OrderQueries::orders);
    }

    /** Orders of another state than pending, the latest first. */
    public Uni<List<Order>> ended(OrderState state, long beforeId, int most) {
        return pool.preparedQuery(ENDED)
                .execute(Tuple.of(state.wire(), beforeId, most))
                .map(OrderQueries::orders);
    }

    /** How many orders there are of each state, each counted up to {@link #MAX_COUNT}. */
    public Uni<Map<String, Long>> counts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        Uni<Void> counting = Uni.createFrom().voidItem();
        for (OrderState state : OrderState.values()) {
            counting = counting.chain(() -> count(state))
                    .invoke(count -> counts.put(state.wire(), count))
                    .replaceWithVoid();
        }
        return counting.replaceWith(counts);
    }

    private Uni<Long> count(OrderState state) {
        return (state == OrderState.PENDING
                        ? pool.preparedQuery(COUNT_PENDING).execute(Tuple.of(MAX_COUNT))
                        : pool.preparedQuery(COUNT_ENDED).execute(Tuple.of(state.wire(), MAX_COUNT)))
                .map(rows -> rows.iterator().next().getLong("n"));
    }

    /** Places of pending orders that were due {@code forMillis} ago, the oldest first. */
    public Uni<List<Place>> due(Place after, long forMillis, int most) {
        return pool.preparedQuery(DUE)
                .execute(Tuple.of(after.expiresAt().atOffset(ZoneOffset.UTC), after.id(), (double) forMillis, most))
                .map(rows -> rows.stream()
                        .map(row ->
                                new Place(row.getOffsetDateTime("expires_at").toInstant(), row.getLong("id")))
                        .toList());
    }

    private static List<Order> orders(RowSet<Row> rows) {
        List<Order> orders = new ArrayList<>(rows.size());
        for (Row row : rows) {
            orders.add(OrderRows.order(row));
        }
        return orders;
    }
}
