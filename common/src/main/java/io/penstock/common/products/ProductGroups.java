package io.penstock.common.products;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Groups of a product and its competitors. A competitor is an item like any other, read with the main product. */
@ApplicationScoped
public class ProductGroups {

    public static final int LEAST_COMPETITORS = 3;
    public static final int MOST_COMPETITORS = 5;
    private static final int MAX_NAME = 200;

    /** Competitors are read as often as the main product: as long as the group is there, the user tracks them, too. */
    private static final String TRACK_COMPETITORS =
            """
            INSERT INTO product_tracked (user_id, item_id, frequency)
            SELECT t.user_id, i.id, t.frequency
            FROM product_tracked AS t, unnest($2::text[]) AS a (asin), product_item AS m, product_item AS i
            WHERE t.id = $1 AND m.id = t.item_id AND i.marketplace = m.marketplace AND i.asin = a.asin
            ORDER BY i.id
            ON CONFLICT (user_id, item_id) DO NOTHING
            """;

    private static final String ADD_ITEMS =
            """
            INSERT INTO product_item (marketplace, asin)
            SELECT i.marketplace, a.asin
            FROM product_tracked AS t JOIN product_item AS i ON i.id = t.item_id, unnest($2::text[]) AS a (asin)
            WHERE t.id = $1 ORDER BY a.asin
            ON CONFLICT (marketplace, asin) DO NOTHING
            """;

    private static final String ADD =
            """
            INSERT INTO product_group (user_id, name, tracked_id)
            SELECT user_id, $2, id FROM product_tracked WHERE id = $1
            ON CONFLICT (user_id, name) DO NOTHING RETURNING id
            """;

    private static final String ADD_MEMBERS =
            """
            INSERT INTO product_group_member (group_id, item_id, position)
            SELECT g.id, i.id, a.position
            FROM product_group AS g
            JOIN product_tracked AS t ON t.id = g.tracked_id
            JOIN product_item AS m ON m.id = t.item_id
            CROSS JOIN unnest($2::text[]) WITH ORDINALITY AS a (asin, position)
            JOIN product_item AS i ON i.marketplace = m.marketplace AND i.asin = a.asin
            WHERE g.id = $1
            """;

    private static final String ACTIVATE = "UPDATE product_group SET active = $2 WHERE id = $1";

    private static final String REMOVE = "DELETE FROM product_group WHERE id = $1";

    private static final String FIND =
            "SELECT id, user_id, name, tracked_id, active, created_at FROM product_group WHERE id = $1";

    private static final String IDS =
            "SELECT id FROM product_group WHERE id > $1 AND ($2::bigint IS NULL OR user_id = $2) ORDER BY id LIMIT $3";

    private static final String MEMBERS = "SELECT " + ItemRows.COLUMNS
            + " FROM product_group_member AS m JOIN product_item AS i ON i.id = m.item_id WHERE m.group_id = $1 ORDER BY m.position";

    private final Pool pool;
    private final Tracking tracking;

    @Inject
    public ProductGroups(Pool pool, Tracking tracking) {
        this.pool = pool;
        this.tracking = tracking;
    }

    /**
     * Makes a group; empty where there is no such product. Fails with {@link InvalidProductException}, also where the user has a group of
     * this name.
     *
     * @param trackedId the main product
     * @param asins of the competitors, on the same marketplace
     */
    public Uni<Optional<ProductGroup>> add(long trackedId, String name, List<String> asins) {
        return Uni.createFrom().deferred(() -> {
            InvalidProductException.require(
                    !name.isBlank() && name.length() <= MAX_NAME && name.chars().noneMatch(Character::isISOControl),
                    "name",
                    "must be 1 to " + MAX_NAME + " characters on one line");
            checkCompetitors(asins);
            return tracking.find(trackedId).chain(main -> {
                if (main.isEmpty()) {
                    return Uni.createFrom().item(Optional.empty());
                }
                InvalidProductException.require(
                        !asins.contains(main.get().item().asin()), "competitors", "must not hold the product itself");
                return pool.withTransaction(transaction -> add(transaction, trackedId, name, asins))
                        .chain(this::find);
            });
        });
    }

    private static void checkCompetitors(List<String> asins) {
        InvalidProductException.require(
                asins.size() >= LEAST_COMPETITORS && asins.size() <= MOST_COMPETITORS,
                "competitors",
                "must be " + LEAST_COMPETITORS + " to " + MOST_COMPETITORS);
        for (int i = 0; i < asins.size(); i++) {
            Asin.checked("competitors[" + i + "]", asins.get(i));
        }
        InvalidProductException.require(
                new HashSet<>(asins).size() == asins.size(), "competitors", "must not hold a product twice");
    }

    private static Uni<Long> add(SqlConnection transaction, long trackedId, String name, List<String> asins) {
        Tuple competitors = Tuple.of(trackedId, asins.toArray(String[]::new));
        return transaction
                .preparedQuery(ADD)
                .execute(Tuple.of(trackedId, name))
                .map(rows -> rows.stream()
                        .map(row -> row.getLong("id"))
                        .findFirst()
                        .orElseThrow(() -> new InvalidProductException("name", "is that of another group of the user")))
                .call(() -> transaction.preparedQuery(ADD_ITEMS).execute(competitors))
                .call(() -> transaction.preparedQuery(TRACK_COMPETITORS).execute(competitors))
                .call(id -> transaction.preparedQuery(ADD_MEMBERS).execute(Tuple.of(id, asins.toArray(String[]::new))));
    }

    public Uni<Optional<ProductGroup>> find(long id) {
        return pool.preparedQuery(FIND)
                .execute(Tuple.of(id))
                .chain(rows -> rows.size() == 0
                        ? Uni.createFrom().item(Optional.empty())
                        : filled(rows.iterator().next()));
    }

    private Uni<Optional<ProductGroup>> filled(Row row) {
        return pool.preparedQuery(MEMBERS)
                .execute(Tuple.of(row.getLong("id")))
                .map(rows -> rows.stream().map(ItemRows::item).toList())
                .chain(members -> tracking.find(row.getLong("tracked_id"))
                        .map(main -> main.map(product -> new ProductGroup(
                                row.getLong("id"),
                                row.getLong("user_id"),
                                row.getString("name"),
                                product,
                                members,
                                row.getBoolean("active"),
                                row.getOffsetDateTime("created_at").toInstant()))));
    }

    /** Ids of groups in their order. */
    public Uni<List<Long>> ids(long after, @Nullable Long userId, int most) {
        return pool.preparedQuery(IDS)
                .execute(Tuple.of(after, userId, most))
                .map(rows -> rows.stream().map(row -> row.getLong("id")).toList());
    }

    /** Whether it is compared each week. Empty: there is no such group. */
    public Uni<Optional<ProductGroup>> activate(long id, boolean active) {
        return pool.preparedQuery(ACTIVATE).execute(Tuple.of(id, active)).chain(() -> find(id));
    }

    /** Ends it, with its reports. False: there was none. */
    public Uni<Boolean> remove(long id) {
        return pool.preparedQuery(REMOVE).execute(Tuple.of(id)).map(rows -> rows.rowCount() > 0);
    }
}
