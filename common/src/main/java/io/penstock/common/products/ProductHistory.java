package io.penstock.common.products;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The history of one metric of an item, at most {@link #MOST_POINTS} points of it: where there are more readings, those of equal spans of
 * time are one point. Long or old spans are read from the days, short ones from the readings.
 */
@ApplicationScoped
public class ProductHistory {

    public static final int MOST_POINTS = 1_000;

    /** Up to here single readings are looked at; hourly ones of such a time are 1,500. */
    private static final Duration READINGS_UP_TO = Duration.ofDays(62);

    private static final String OF_READINGS =
            """
            SELECT max(taken_at) AS at, (array_agg(%1$s ORDER BY taken_at DESC))[1] AS value, min(%1$s) AS least, max(%1$s) AS greatest
            FROM (SELECT taken_at, %1$s, width_bucket(extract(epoch FROM taken_at), extract(epoch FROM $2::timestamptz),
                    extract(epoch FROM $3::timestamptz), $4) AS span
                FROM product_reading WHERE item_id = $1 AND taken_at >= $2 AND taken_at < $3 AND %1$s IS NOT NULL) AS r
            GROUP BY span ORDER BY at
            """;

    private static final String OF_DAYS =
            """
            SELECT max(taken_at) AS at, (array_agg(%1$s ORDER BY day DESC))[1] AS value, min(%2$s) AS least, max(%3$s) AS greatest
            FROM (SELECT day, taken_at, %4$s, width_bucket(extract(epoch FROM day::timestamp), extract(epoch FROM $2::timestamptz),
                    extract(epoch FROM $3::timestamptz), $4) AS span
                FROM product_reading_day
                WHERE item_id = $1 AND day >= ($2::timestamptz AT TIME ZONE 'UTC')::date
                    AND day <= ($3::timestamptz AT TIME ZONE 'UTC')::date AND taken_at < $3 AND %1$s IS NOT NULL) AS d
            GROUP BY span ORDER BY at
            """;

    /**
     * A history.
     *
     * @param days whether points are of days, one or more each; else they are of single readings, one or more each
     */
    public record Found(boolean days, List<HistoryPoint> points) {}

    private final Pool pool;
    private final ProductsConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    public ProductHistory(Pool pool, ProductsConfig config) {
        this.pool = pool;
        this.config = config;
    }

    /**
     * Points from a time to another, in order.
     *
     * @throws InvalidProductException where the times are in the wrong order or too far apart
     */
    public Uni<Found> of(long itemId, Metric metric, Instant from, Instant to) {
        InvalidProductException.require(from.isBefore(to), "from", "must be before to");
        Duration span = Duration.between(from, to);
        InvalidProductException.require(
                span.compareTo(Duration.ofDays(20 * 366)) <= 0, "from", "must be at most 20 years before to");
        boolean days = span.compareTo(READINGS_UP_TO) > 0
                || from.isBefore(clock.instant().minus(config.history().readings()));
        return pool.preparedQuery(days ? ofDays(metric) : OF_READINGS.formatted(column(metric)))
                .execute(Tuple.of(itemId, from.atOffset(ZoneOffset.UTC), to.atOffset(ZoneOffset.UTC), MOST_POINTS - 2))
                .map(rows -> new Found(
                        days, rows.stream().map(row -> point(row, metric)).toList()));
    }

    private static String ofDays(Metric metric) {
        return switch (metric) {
            case PRICE -> OF_DAYS.formatted("price", "price_min", "price_max", "price, price_min, price_max");
            case RANK -> OF_DAYS.formatted("rank", "rank_min", "rank_max", "rank, rank_min, rank_max");
            case RATING, REVIEWS, BUY_BOX -> {
                String column = column(metric);
                yield OF_DAYS.formatted(column, column, column, column);
            }
        };
    }

    private static String column(Metric metric) {
        return switch (metric) {
            case PRICE -> "price";
            case RANK -> "rank";
            case RATING -> "rating";
            case REVIEWS -> "review_count";
            case BUY_BOX -> "buy_box";
        };
    }

    private static HistoryPoint point(Row row, Metric metric) {
        Instant at = row.getOffsetDateTime("at").toInstant();
        return metric == Metric.BUY_BOX
                ? new HistoryPoint(at, null, null, null, row.getString("value"))
                : new HistoryPoint(
                        at,
                        row.getBigDecimal("value"),
                        row.getBigDecimal("least"),
                        row.getBigDecimal("greatest"),
                        null);
    }
}
