package io.penstock.common.products;

import io.penstock.common.job.JobOptions;
import io.penstock.common.outbox.Outbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What users track. */
@ApplicationScoped
public class Tracking {

    /** Before the updates of any sweep: somebody waits to see it. */
    private static final int FIRST_READ = 10;

    private static final String COLUMNS =
            """
            t.id AS tracked_id, t.user_id, t.frequency, t.price_change_percent, t.rank_change_percent, t.active, t.created_at,
            """
                    + ItemRows.COLUMNS;

    private static final String ADD_ITEM =
            "INSERT INTO product_item (marketplace, asin) VALUES ($1, $2) ON CONFLICT (marketplace, asin) DO NOTHING";

    private static final String TRACK =
            """
            INSERT INTO product_tracked AS t (user_id, item_id, frequency, price_change_percent, rank_change_percent, active)
            SELECT u.id, i.id, coalesce($4::text, 'daily'), nullif($5::float8, 0), nullif($6::float8, 0), coalesce($7::boolean, true)
            FROM product_user AS u, product_item AS i
            WHERE u.id = $1 AND i.marketplace = $2 AND i.asin = $3
            ON CONFLICT (user_id, item_id) DO UPDATE SET
                frequency = coalesce($4, t.frequency),
                price_change_percent = CASE WHEN $5::float8 IS NULL THEN t.price_change_percent ELSE nullif($5::float8, 0) END,
                rank_change_percent = CASE WHEN $6::float8 IS NULL THEN t.rank_change_percent ELSE nullif($6::float8, 0) END,
                active = coalesce($7, true), updated_at = now()
            RETURNING id, xmax = 0 AS added
            """;

    private static final String CHANGE =
            """
            UPDATE product_tracked SET
                frequency = coalesce($2, frequency),
                price_change_percent = CASE WHEN $3::float8 IS NULL THEN price_change_percent ELSE nullif($3::float8, 0) END,
                rank_change_percent = CASE WHEN $4::float8 IS NULL THEN rank_change_percent ELSE nullif($4::float8, 0) END,
                active = coalesce($5, active), updated_at = now()
            WHERE id = $1
            """;

    private static final String UNTRACK = "DELETE FROM product_tracked WHERE id = $1";

    private static final String FIND = "SELECT " + COLUMNS
            + " FROM product_tracked AS t JOIN product_item AS i ON i.id = t.item_id WHERE t.id = $1";

    private static final String LIST = "SELECT " + COLUMNS
            + " FROM product_tracked AS t JOIN product_item AS i ON i.id = t.item_id"
            + " WHERE t.id > $1 AND ($2::bigint IS NULL OR t.user_id = $2) AND ($3::boolean IS NULL OR t.active = $3)"
            + " ORDER BY t.id LIMIT $4";

    /**
     * What became of the wish to track a product.
     *
     * @param added false: the user tracked it already, and it has the settings that were given
     */
    public record Tracked(TrackedProduct product, boolean added) {}

    private final Pool pool;
    private final Outbox outbox;

    @Inject
    public Tracking(Pool pool, Outbox outbox) {
        this.pool = pool;
        this.outbox = outbox;
    }

    /**
     * Begins to track a product; one that nobody has tracked before is read at once. Empty where there is no such user. Fails with {@link
     * InvalidProductException}.
     */
    public Uni<Optional<Tracked>> track(long userId, Marketplace marketplace, String asin, TrackSpec spec) {
        return Uni.createFrom().deferred(() -> {
            Asin.checked("asin", asin);
            spec.checked();
            return pool.withTransaction(transaction -> transaction
                    .preparedQuery(ADD_ITEM)
                    .execute(Tuple.of(marketplace.name(), asin))
                    .chain(() -> track(transaction, userId, marketplace, asin, spec)));
        });
    }

    private Uni<Optional<Tracked>> track(
            SqlConnection transaction, long userId, Marketplace marketplace, String asin, TrackSpec spec) {
        Tuple values = Tuple.tuple();
        values.addValue(userId);
        values.addValue(marketplace.name());
        values.addValue(asin);
        values.addValue(spec.frequency());
        values.addValue(spec.priceChangePercent());
        values.addValue(spec.rankChangePercent());
        values.addValue(spec.active());
        return transaction.preparedQuery(TRACK).execute(values).chain(rows -> {
            if (rows.size() == 0) {
                return Uni.createFrom().item(Optional.empty());
            }
            Row row = rows.iterator().next();
            return find(transaction, row.getLong("id"))
                    .map(found -> new Tracked(found.orElseThrow(), row.getBoolean("added")))
                    .call(tracked -> tracked.product().item().fetchedAt() == null
                            ? outbox.enqueue(
                                    transaction,
                                    ProductJobs.SYNC_PRODUCT_DATA,
                                    new SyncProductData(asin, marketplace.name()),
                                    JobOptions.DEFAULT.withPriority(FIRST_READ))
                            : Uni.createFrom().voidItem())
                    .map(Optional::of);
        });
    }

    /** Changes what is given; empty where there is no such product. Fails with {@link InvalidProductException}. */
    public Uni<Optional<TrackedProduct>> change(long id, TrackSpec spec) {
        return Uni.createFrom().deferred(() -> {
            spec.checked();
            return pool.preparedQuery(CHANGE)
                    .execute(Tuple.of(
                            id, spec.frequency(), spec.priceChangePercent(), spec.rankChangePercent(), spec.active()))
                    .chain(() -> find(id));
        });
    }

    /** Ends it, with its anomalies and groups. The history is that of the item, and stays. False: there was none. */
    public Uni<Boolean> untrack(long id) {
        return pool.preparedQuery(UNTRACK).execute(Tuple.of(id)).map(rows -> rows.rowCount() > 0);
    }

    public Uni<Optional<TrackedProduct>> find(long id) {
        return find(pool, id);
    }

    private static Uni<Optional<TrackedProduct>> find(SqlClient client, long id) {
        return client.preparedQuery(FIND)
                .execute(Tuple.of(id))
                .map(rows -> rows.stream().map(Tracking::product).findFirst());
    }

    /** In the order of their ids. */
    public Uni<List<TrackedProduct>> list(long after, @Nullable Long userId, @Nullable Boolean active, int most) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(after, userId, active, most))
                .map(rows -> rows.stream().map(Tracking::product).toList());
    }

    private static TrackedProduct product(Row row) {
        return new TrackedProduct(
                row.getLong("tracked_id"),
                row.getLong("user_id"),
                Frequency.ofWire(row.getString("frequency")).orElseThrow(),
                row.getDouble("price_change_percent"),
                row.getDouble("rank_change_percent"),
                row.getBoolean("active"),
                row.getOffsetDateTime("created_at").toInstant(),
                ItemRows.item(row));
    }
}
