package io.penstock.common.products;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Compares the first with the last day of a span of time, of every tracked product. */
@ApplicationScoped
public class Trends {

    static final int MOST_MOVES = 20;

    private static final String MOVES =
            """
            WITH ends AS (
                SELECT item_id,
                    (array_agg(%1$s ORDER BY day))[1] AS before, (array_agg(%1$s ORDER BY day DESC))[1] AS after
                FROM product_reading_day
                WHERE day >= (now() AT TIME ZONE 'UTC')::date - $1::integer AND %1$s IS NOT NULL GROUP BY item_id),
            moves AS (
                SELECT e.item_id, e.before::numeric AS before, e.after::numeric AS after,
                    (e.after - e.before)::float8 * 100 / nullif(e.before, 0)::float8 AS change
                FROM ends AS e
                WHERE EXISTS (SELECT 1 FROM product_tracked AS t WHERE t.item_id = e.item_id AND t.active)),
            counts AS (
                SELECT count(*) AS products, count(*) FILTER (WHERE change > 0) AS up, count(*) FILTER (WHERE change < 0) AS down
                FROM moves)
            SELECT c.products, c.up, c.down, m.item_id, m.before, m.after, m.change, i.asin, i.title
            FROM counts AS c
            LEFT JOIN (SELECT * FROM moves WHERE change <> 0 ORDER BY abs(change) DESC, item_id LIMIT $2) AS m ON true
            LEFT JOIN product_item AS i ON i.id = m.item_id
            ORDER BY abs(m.change) DESC, m.item_id
            """;

    /** One that moved. */
    public record Move(
            long itemId,
            String asin,
            @Nullable String title,
            BigDecimal before,
            BigDecimal after,
            double changePercent) {}

    /**
     * What was found.
     *
     * @param products that have a price on one of the days
     * @param better whose rank is a smaller number
     * @param prices those that changed most, at most {@value #MOST_MOVES}
     */
    public record Found(
            long products, long dearer, long cheaper, long better, long worse, List<Move> prices, List<Move> ranks) {}

    private record Side(long products, long up, long down, List<Move> moves) {}

    private final Pool pool;

    @Inject
    public Trends(Pool pool) {
        this.pool = pool;
    }

    /** Over so many days up to today. */
    public Uni<Found> over(int days) {
        return side("price", days).chain(prices -> side("rank", days)
                .map(ranks -> new Found(
                        Math.max(prices.products(), ranks.products()),
                        prices.up(),
                        prices.down(),
                        ranks.down(),
                        ranks.up(),
                        prices.moves(),
                        ranks.moves())));
    }

    private Uni<Side> side(String column, int days) {
        return pool.preparedQuery(MOVES.formatted(column))
                .execute(Tuple.of(days, MOST_MOVES))
                .map(rows -> {
                    Row first = rows.iterator().next();
                    return new Side(
                            first.getLong("products"),
                            first.getLong("up"),
                            first.getLong("down"),
                            StreamSupport.stream(rows.spliterator(), false)
                                    .filter(row -> row.getLong("item_id") != null)
                                    .map(Trends::move)
                                    .toList());
                });
    }

    private static Move move(Row row) {
        return new Move(
                row.getLong("item_id"),
                row.getString("asin"),
                row.getString("title"),
                row.getBigDecimal("before"),
                row.getBigDecimal("after"),
                row.getDouble("change"));
    }
}
