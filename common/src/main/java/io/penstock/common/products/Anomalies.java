package io.penstock.common.products;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What has moved, as it was told. {@link Readings} writes it. */
@ApplicationScoped
public class Anomalies {

    private static final String COLUMNS =
            "a.id, a.tracked_id, a.user_id, a.item_id, a.kind, a.before_value, a.after_value, a.change_percent, a.threshold, a.seen_at";

    private static final String FIND = "SELECT " + COLUMNS + ", i.marketplace, i.asin, i.title, i.currency"
            + " FROM product_anomaly AS a JOIN product_item AS i ON i.id = a.item_id WHERE a.id = $1";

    private static final String OF_TRACKED = "SELECT " + COLUMNS
            + " FROM product_anomaly AS a WHERE a.tracked_id = $1 AND a.seen_at >= $2 AND a.seen_at < $3"
            + " ORDER BY a.seen_at DESC, a.id DESC LIMIT $4";

    /**
     * An anomaly with what is needed to tell of it.
     *
     * @param title in the seller's words; null: not known
     */
    public record Told(
            Anomaly anomaly, String marketplace, String asin, @Nullable String title, @Nullable String currency) {}

    private final Pool pool;

    @Inject
    public Anomalies(Pool pool) {
        this.pool = pool;
    }

    public Uni<Optional<Told>> find(long id) {
        return pool.preparedQuery(FIND).execute(Tuple.of(id)).map(rows -> rows.stream()
                .map(row -> new Told(
                        anomaly(row),
                        row.getString("marketplace"),
                        row.getString("asin"),
                        row.getString("title"),
                        row.getString("currency")))
                .findFirst());
    }

    /** Those of a tracked product within a time, the latest first. */
    public Uni<List<Anomaly>> of(long trackedId, Instant from, Instant to, int most) {
        return pool.preparedQuery(OF_TRACKED)
                .execute(Tuple.of(trackedId, from.atOffset(ZoneOffset.UTC), to.atOffset(ZoneOffset.UTC), most))
                .map(rows -> rows.stream().map(Anomalies::anomaly).toList());
    }

    private static Anomaly anomaly(Row row) {
        return new Anomaly(
                row.getLong("id"),
                row.getLong("tracked_id"),
                row.getLong("user_id"),
                row.getLong("item_id"),
                AnomalyKind.ofWire(row.getString("kind")).orElseThrow(),
                row.getString("before_value"),
                row.getString("after_value"),
                row.getDouble("change_percent"),
                row.getDouble("threshold"),
                row.getOffsetDateTime("seen_at").toInstant());
    }
}
