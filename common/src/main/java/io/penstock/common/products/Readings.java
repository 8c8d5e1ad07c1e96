package io.penstock.common.products;

import io.penstock.common.job.JobOptions;
import io.penstock.common.outbox.Outbox;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Stores what was read of an item: its values, its history, what moved for each of those who track it, and the jobs that tell them.
 * One transaction, so that nothing is told that is not stored, and nothing that is stored goes untold. A reading that is older than the
 * one that is known, or the same again, changes nothing.
 */
@ApplicationScoped
public class Readings {

    /** Of those who track an item, so many are looked at with one statement. */
    private static final int TRACKERS = 500;

    /** The row is locked until the end: readings of one item are stored one after the other. */
    private static final String UPDATE =
            """
            UPDATE product_item SET
                title = coalesce($3, title), brand = coalesce($4, brand), description = coalesce($5, description),
                image_urls = CASE WHEN jsonb_array_length($6) > 0 THEN $6 ELSE image_urls END,
                features = CASE WHEN jsonb_array_length($7) > 0 THEN $7 ELSE features END,
                categories = CASE WHEN jsonb_array_length($8) > 0 THEN $8 ELSE categories END,
                ranks = $9, price = $10, list_price = $11, currency = coalesce($12, currency), rank = $13, rank_category = $14,
                rating = $15, review_count = $16, buy_box = $17, fulfilled_by = $18, availability = $19, prime = $20, deal = $21,
                unreadable = $22, status = 'ok', blocked_times = 0, fetched_at = $2, checked_at = greatest(checked_at, $2),
                claimed_by = NULL, claimed_until = NULL
            WHERE id = $1 AND (fetched_at IS NULL OR fetched_at < $2)
            """;

    private static final String ADD =
            """
            INSERT INTO product_reading (item_id, taken_at, price, rank, rating, review_count, buy_box)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """;

    private static final String ADD_TO_DAY =
            """
            INSERT INTO product_reading_day AS d (item_id, day, readings, price, price_min, price_max, rank, rank_min, rank_max,
                rating, review_count, buy_box, taken_at)
            VALUES ($1, ($2::timestamptz AT TIME ZONE 'UTC')::date, 1, $3, $3, $3, $4, $4, $4, $5, $6, $7, $2)
            ON CONFLICT (item_id, day) DO UPDATE SET
                readings = d.readings + 1,
                price = coalesce(EXCLUDED.price, d.price),
                price_min = least(d.price_min, EXCLUDED.price_min), price_max = greatest(d.price_max, EXCLUDED.price_max),
                rank = coalesce(EXCLUDED.rank, d.rank),
                rank_min = least(d.rank_min, EXCLUDED.rank_min), rank_max = greatest(d.rank_max, EXCLUDED.rank_max),
                rating = coalesce(EXCLUDED.rating, d.rating), review_count = coalesce(EXCLUDED.review_count, d.review_count),
                buy_box = coalesce(EXCLUDED.buy_box, d.buy_box), taken_at = EXCLUDED.taken_at
            """;

    private static final String TRACKERS_OF =
            """
            WITH trackers AS (
                SELECT t.id, t.user_id, coalesce(t.price_change_percent, u.price_change_percent) AS price,
                    coalesce(t.rank_change_percent, u.rank_change_percent) AS rank, u.rating_change AS rating,
                    u.review_surge_percent AS reviews, u.buy_box_alerts
                FROM product_tracked AS t JOIN product_user AS u ON u.id = t.user_id
                WHERE t.item_id = $1 AND t.active AND t.id > $2 ORDER BY t.id LIMIT $3)
            SELECT s.*, w.kind, w.reference, w.since, w.told, w.told_at
            FROM trackers AS s LEFT JOIN product_watch AS w ON w.tracked_id = s.id
            ORDER BY s.id
            """;

    private static final String KEEP_WATCHES =
            """
            INSERT INTO product_watch (tracked_id, kind, reference, since, told, told_at)
            SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::timestamptz[])
            ON CONFLICT (tracked_id, kind) DO UPDATE SET
                reference = EXCLUDED.reference, since = EXCLUDED.since, told = EXCLUDED.told, told_at = EXCLUDED.told_at
            """;

    private static final String ADD_ANOMALIES =
            """
            INSERT INTO product_anomaly (tracked_id, user_id, item_id, kind, before_value, after_value, change_percent, threshold, seen_at)
            SELECT a.tracked_id, a.user_id, $1::bigint, a.kind, a.before_value, a.after_value, a.change_percent, a.threshold,
                $2::timestamptz
            FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::float8[])
                AS a (tracked_id, user_id, kind, before_value, after_value, change_percent, threshold)
            RETURNING id
            """;

    /**
     * What became of a reading.
     *
     * @param stored false: it was not newer than what is known
     * @param anomalies that it showed, of all who track the item
     */
    public record Stored(boolean stored, int anomalies) {}

    private record Tracker(
            long id, long userId, Map<AnomalyKind, Double> thresholds, Map<AnomalyKind, Watch> watches) {}

    private record KeptWatch(long trackedId, AnomalyKind kind, Watch watch) {}

    private record NewAnomaly(long trackedId, long userId, AnomalyKind kind, WatchRule.Event event) {}

    private final Pool pool;
    private final Outbox outbox;
    private final ProductMonths months;
    private final WatchRule rule;

    @Inject
    public Readings(Pool pool, Outbox outbox, ProductMonths months, ProductsConfig config) {
        this.pool = pool;
        this.outbox = outbox;
        this.months = months;
        this.rule = new WatchRule(config.anomalies());
    }

    public Uni<Stored> store(long itemId, ProductReading reading, Instant takenAt) {
        return months.ensure(takenAt)
                .chain(() -> pool.withTransaction(transaction -> transaction
                        .preparedQuery(UPDATE)
                        .execute(values(itemId, reading, takenAt))
                        .chain(updated -> updated.rowCount() == 0
                                ? Uni.createFrom().item(new Stored(false, 0))
                                : remember(transaction, itemId, reading, takenAt))));
    }

    private Uni<Stored> remember(SqlConnection transaction, long itemId, ProductReading reading, Instant takenAt) {
        List<Object> values = new ArrayList<>();
        values.add(itemId);
        values.add(takenAt.atOffset(ZoneOffset.UTC));
        values.add(reading.price());
        values.add(reading.rank());
        values.add(reading.rating());
        values.add(reading.reviewCount());
        values.add(reading.buyBox());
        return transaction
                .preparedQuery(ADD)
                .execute(Tuple.from(values))
                .chain(() -> transaction.preparedQuery(ADD_TO_DAY).execute(Tuple.from(values)))
                .chain(() -> watch(transaction, itemId, metrics(reading), takenAt, 0, 0))
                .map(anomalies -> new Stored(true, anomalies));
    }

    private static Map<AnomalyKind, String> metrics(ProductReading reading) {
        Map<AnomalyKind, String> metrics = new EnumMap<>(AnomalyKind.class);
        put(metrics, AnomalyKind.PRICE, reading.price());
        put(metrics, AnomalyKind.RANK, reading.rank());
        put(metrics, AnomalyKind.RATING, reading.rating());
        put(metrics, AnomalyKind.REVIEWS, reading.reviewCount());
        put(metrics, AnomalyKind.BUY_BOX, reading.buyBox());
        return metrics;
    }

    private static void put(Map<AnomalyKind, String> metrics, AnomalyKind kind, @Nullable Object value) {
        if (value instanceof BigDecimal number) {
            metrics.put(kind, number.stripTrailingZeros().toPlainString());
        } else if (value != null) {
            metrics.put(kind, value.toString());
        }
    }

    private Uni<Integer> watch(
            SqlConnection transaction,
            long itemId,
            Map<AnomalyKind, String> metrics,
            Instant takenAt,
            long after,
            int soFar) {
        return transaction
                .preparedQuery(TRACKERS_OF)
                .execute(Tuple.of(itemId, after, TRACKERS))
                .map(rows -> trackers(rows))
                .chain(trackers -> judge(transaction, itemId, metrics, takenAt, trackers)
                        .chain(found -> trackers.size() < TRACKERS
                                ? Uni.createFrom().item(soFar + found)
                                : watch(
                                        transaction,
                                        itemId,
                                        metrics,
                                        takenAt,
                                        trackers.get(trackers.size() - 1).id(),
                                        soFar + found)));
    }

    private Uni<Integer> judge(
            SqlConnection transaction,
            long itemId,
            Map<AnomalyKind, String> metrics,
            Instant takenAt,
            List<Tracker> trackers) {
        List<KeptWatch> changed = new ArrayList<>();
        List<NewAnomaly> anomalies = new ArrayList<>();
        for (Tracker tracker : trackers) {
            metrics.forEach((kind, value) -> {
                Double threshold = tracker.thresholds().get(kind);
                if (threshold == null) {
                    return;
                }
                Watch before = tracker.watches().get(kind);
                WatchRule.Decision decision = rule.decide(kind, before, value, threshold, takenAt);
                if (!decision.watch().equals(before)) {
                    changed.add(new KeptWatch(tracker.id(), kind, decision.watch()));
                }
                WatchRule.Event event = decision.event();
                if (event != null) {
                    anomalies.add(new NewAnomaly(tracker.id(), tracker.userId(), kind, event));
                }
            });
        }
        return keep(transaction, changed).chain(() -> tell(transaction, itemId, takenAt, anomalies));
    }

    private static Uni<Void> keep(SqlConnection transaction, List<KeptWatch> watches) {
        if (watches.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return transaction
                .preparedQuery(KEEP_WATCHES)
                .execute(Tuple.of(
                        array(watches, KeptWatch::trackedId, Long[]::new),
                        array(watches, each -> each.kind().wire(), String[]::new),
                        array(watches, each -> each.watch().reference(), String[]::new),
                        array(watches, each -> time(each.watch().since()), OffsetDateTime[]::new),
                        array(watches, each -> each.watch().told(), String[]::new),
                        array(watches, each -> time(each.watch().toldAt()), OffsetDateTime[]::new)))
                .replaceWithVoid();
    }

    private Uni<Integer> tell(SqlConnection transaction, long itemId, Instant takenAt, List<NewAnomaly> anomalies) {
        if (anomalies.isEmpty()) {
            return Uni.createFrom().item(0);
        }
        Tuple values = Tuple.tuple();
        values.addValue(itemId);
        values.addValue(takenAt.atOffset(ZoneOffset.UTC));
        values.addValue(array(anomalies, NewAnomaly::trackedId, Long[]::new));
        values.addValue(array(anomalies, NewAnomaly::userId, Long[]::new));
        values.addValue(array(anomalies, each -> each.kind().wire(), String[]::new));
        values.addValue(array(anomalies, each -> each.event().before(), String[]::new));
        values.addValue(array(anomalies, each -> each.event().after(), String[]::new));
        values.addValue(array(anomalies, each -> each.event().changePercent(), Double[]::new));
        values.addValue(array(anomalies, each -> each.event().threshold(), Double[]::new));
        return transaction
                .preparedQuery(ADD_ANOMALIES)
                .execute(values)
                .map(rows -> rows.stream()
                        .map(row -> Outbox.Item.of(new PriceAlert(row.getLong("id")), JobOptions.DEFAULT))
                        .toList())
                .call(alerts -> outbox.enqueueAll(transaction, ProductJobs.PRICE_ALERT, alerts))
                .map(List::size);
    }

    private static List<Tracker> trackers(Iterable<Row> rows) {
        List<Tracker> trackers = new ArrayList<>();
        for (Row row : rows) {
            long id = row.getLong("id");
            if (trackers.isEmpty() || trackers.get(trackers.size() - 1).id() != id) {
                trackers.add(
                        new Tracker(id, row.getLong("user_id"), thresholds(row), new EnumMap<>(AnomalyKind.class)));
            }
            String kind = row.getString("kind");
            if (kind != null) {
                Map<AnomalyKind, Watch> watches =
                        trackers.get(trackers.size() - 1).watches();
                AnomalyKind.ofWire(kind)
                        .ifPresent(known -> watches.put(
                                known,
                                new Watch(
                                        row.getString("reference"),
                                        row.getOffsetDateTime("since").toInstant(),
                                        row.getString("told"),
                                        ItemRows.instant(row.getOffsetDateTime("told_at")))));
            }
        }
        return trackers;
    }

    /** Of those kinds that the user wants to hear of; that of the buy box is not looked at. */
    private static Map<AnomalyKind, Double> thresholds(Row row) {
        Map<AnomalyKind, Double> thresholds = new EnumMap<>(AnomalyKind.class);
        thresholds.put(AnomalyKind.PRICE, row.getDouble("price"));
        thresholds.put(AnomalyKind.RANK, row.getDouble("rank"));
        thresholds.put(AnomalyKind.RATING, row.getDouble("rating"));
        thresholds.put(AnomalyKind.REVIEWS, row.getDouble("reviews"));
        if (row.getBoolean("buy_box_alerts")) {
            thresholds.put(AnomalyKind.BUY_BOX, 0.0);
        }
        return thresholds;
    }

    private static Tuple values(long itemId, ProductReading reading, Instant takenAt) {
        List<Object> values = new ArrayList<>();
        values.add(itemId);
        values.add(takenAt.atOffset(ZoneOffset.UTC));
        values.add(reading.title());
        values.add(reading.brand());
        values.add(reading.description());
        values.add(new JsonArray(reading.imageUrls()));
        values.add(new JsonArray(reading.features()));
        values.add(new JsonArray(reading.categories()));
        values.add(new JsonArray(reading.ranks().stream()
                .map(rank -> new JsonObject().put("rank", rank.rank()).put("category", rank.category()))
                .toList()));
        values.add(reading.price());
        values.add(reading.listPrice());
        values.add(reading.currency());
        values.add(reading.rank());
        values.add(reading.rankCategory());
        values.add(reading.rating());
        values.add(reading.reviewCount());
        values.add(reading.buyBox());
        values.add(reading.fulfilledBy());
        values.add(reading.availability());
        values.add(reading.prime());
        values.add(reading.deal());
        values.add(reading.unreadable().toArray(String[]::new));
        return Tuple.from(values);
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    private static <T, V> V[] array(List<T> from, Function<T, @Nullable V> part, IntFunction<V[]> made) {
        V[] all = made.apply(from.size());
        for (int i = 0; i < all.length; i++) {
            all[i] = part.apply(from.get(i));
        }
        return all;
    }
}
