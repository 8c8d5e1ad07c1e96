package io.penstock.common.products;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Who may read an item from the marketplace, and what became of readings that brought nothing. An item is read by one job at a time,
 * and not at all while its reading is fresh, however many jobs and users ask for it.
 */
@ApplicationScoped
public class Items {

    /** Rows that others work on are left to them: two jobs that ask for the same items never wait for one another. */
    private static final String CLAIM =
            """
            UPDATE product_item AS i
            SET claimed_by = $2, claimed_until = clock_timestamp() + $4 * interval '1 second'
            FROM (SELECT id FROM product_item
                  WHERE id = ANY ($1) AND (checked_at IS NULL OR checked_at <= $3)
                      AND (claimed_until IS NULL OR claimed_until < clock_timestamp() OR claimed_by = $2)
                  ORDER BY id FOR UPDATE SKIP LOCKED) AS due
            WHERE i.id = due.id
            RETURNING i.id, i.marketplace, i.asin
            """;

    private static final String DUE_IN_RANGE =
            """
            SELECT i.id FROM product_item AS i
            WHERE i.id BETWEEN $1 AND $2 AND (i.checked_at IS NULL OR i.checked_at <= $3)
                AND EXISTS (SELECT 1 FROM product_tracked AS t
                    WHERE t.item_id = i.id AND t.active AND t.frequency = ANY ($4))
            ORDER BY i.id LIMIT $5
            """;

    private static final String FIND_OR_ADD =
            """
            WITH added AS (
                INSERT INTO product_item (marketplace, asin) VALUES ($1, $2) ON CONFLICT (marketplace, asin) DO NOTHING RETURNING id)
            SELECT id FROM added UNION ALL SELECT id FROM product_item WHERE marketplace = $1 AND asin = $2 LIMIT 1
            """;

    private static final String NAMED =
            "SELECT id, marketplace, asin FROM product_item WHERE id = ANY ($1) ORDER BY id";

    private static final String HAND_OVER =
            """
            UPDATE product_item SET claimed_by = $3, claimed_until = clock_timestamp() + $4 * interval '1 second'
            WHERE id = ANY (ARRAY(SELECT id FROM product_item WHERE id = ANY ($1) AND claimed_by = $2 ORDER BY id FOR UPDATE))
            """;

    private static final String RELEASE =
            """
            UPDATE product_item SET claimed_by = NULL, claimed_until = NULL
            WHERE id = ANY (ARRAY(SELECT id FROM product_item WHERE id = ANY ($1) AND claimed_by = $2 ORDER BY id FOR UPDATE))
            """;

    private static final String MISSING =
            """
            UPDATE product_item
            SET status = 'missing', checked_at = $2, blocked_times = 0, claimed_by = NULL, claimed_until = NULL
            WHERE id = ANY (ARRAY(
                SELECT id FROM product_item WHERE id = ANY ($1) AND (checked_at IS NULL OR checked_at < $2) ORDER BY id FOR UPDATE))
            """;

    /** After so many of them the item is as good as read: it has its turn with the next update, not before. */
    private static final String BLOCKED =
            """
            UPDATE product_item
            SET status = 'blocked',
                blocked_times = CASE WHEN blocked_times + 1 >= $3 THEN 0 ELSE blocked_times + 1 END,
                checked_at = CASE WHEN blocked_times + 1 >= $3 THEN $2 ELSE checked_at END
            WHERE id = ANY (ARRAY(
                SELECT id FROM product_item WHERE id = ANY ($1) AND (checked_at IS NULL OR checked_at < $2) ORDER BY id FOR UPDATE))
            RETURNING blocked_times
            """;

    private static final String FIND = "SELECT " + ItemRows.COLUMNS + " FROM product_item AS i WHERE i.id = $1";

    /** An item that is read by one caller alone. */
    public record Claimed(long id, String marketplace, String asin) {

        /** Where its page is. */
        public String url() {
            return market().pageOf(asin);
        }

        public Marketplace market() {
            return Marketplace.named(marketplace).orElse(Marketplace.US);
        }
    }

    private final Pool pool;
    private final ProductsConfig config;

    @Inject
    public Items(Pool pool, ProductsConfig config) {
        this.pool = pool;
        this.config = config;
    }

    public Uni<Optional<Item>> find(long id) {
        return pool.preparedQuery(FIND)
                .execute(Tuple.of(id))
                .map(rows -> rows.stream().map(ItemRows::item).findFirst());
    }

    /** Its id, whether it was known or not. */
    public Uni<Long> findOrAdd(Marketplace marketplace, String asin) {
        return pool.preparedQuery(FIND_OR_ADD)
                .execute(Tuple.of(marketplace.name(), asin))
                // Somebody else may have added it within this moment.
                .chain(rows -> rows.size() > 0
                        ? Uni.createFrom().item(rows)
                        : pool.preparedQuery(FIND_OR_ADD).execute(Tuple.of(marketplace.name(), asin)))
                .map(rows -> rows.iterator().next().getLong("id"));
    }

    /**
     * Takes those that are due for the caller to read. Whoever calls again under the same name gets the same ones again.
     *
     * @param by the job that reads them
     * @param checkedBefore what was checked later is fresh
     */
    public Uni<List<Claimed>> claim(Collection<Long> ids, String by, Instant checkedBefore) {
        return pool.preparedQuery(CLAIM)
                .execute(Tuple.of(array(ids), by, checkedBefore.atOffset(ZoneOffset.UTC), seconds()))
                .map(Items::claimed);
    }

    /** Whoever has claimed them. */
    public Uni<List<Claimed>> named(Collection<Long> ids) {
        return pool.preparedQuery(NAMED).execute(Tuple.of((Object) array(ids))).map(Items::claimed);
    }

    /** Passes what a job has on to another. */
    Uni<Void> handOver(SqlConnection transaction, Collection<Long> ids, String from, String to) {
        return transaction
                .preparedQuery(HAND_OVER)
                .execute(Tuple.of(array(ids), from, to, seconds()))
                .replaceWithVoid();
    }

    /** Those in a range of ids that are tracked and due. */
    public Uni<List<Long>> dueInRange(long from, long to, Instant checkedBefore, List<Frequency> of, int most) {
        return pool.preparedQuery(DUE_IN_RANGE)
                .execute(Tuple.of(
                        from,
                        to,
                        checkedBefore.atOffset(ZoneOffset.UTC),
                        of.stream().map(Frequency::wire).toArray(String[]::new),
                        most))
                .map(rows -> rows.stream().map(row -> row.getLong("id")).toList());
    }

    /** Leaves them to others. */
    public Uni<Void> release(Collection<Long> ids, String by) {
        return pool.preparedQuery(RELEASE).execute(Tuple.of(array(ids), by)).replaceWithVoid();
    }

    /** The marketplace does not have them. */
    public Uni<Void> missing(Collection<Long> ids, Instant at) {
        return ids.isEmpty()
                ? Uni.createFrom().voidItem()
                : pool.preparedQuery(MISSING)
                        .execute(Tuple.of(array(ids), at.atOffset(ZoneOffset.UTC)))
                        .replaceWithVoid();
    }

    /**
     * A page for robots came instead.
     *
     * @return whether one of them should be tried again soon
     */
    public Uni<Boolean> blocked(Collection<Long> ids, Instant at) {
        return ids.isEmpty()
                ? Uni.createFrom().item(false)
                : pool.preparedQuery(BLOCKED)
                        .execute(Tuple.of(array(ids), at.atOffset(ZoneOffset.UTC), config.blockedTimes()))
                        .map(rows -> rows.stream().anyMatch(row -> row.getInteger("blocked_times") > 0));
    }

    private double seconds() {
        return config.claim().toMillis() / 1000.0;
    }

    private static Long[] array(Collection<Long> ids) {
        return ids.toArray(Long[]::new);
    }

    private static List<Claimed> claimed(RowSet<Row> rows) {
        return rows.stream()
                .map(row -> new Claimed(row.getLong("id"), row.getString("marketplace"), row.getString("asin")))
                .toList();
    }
}
