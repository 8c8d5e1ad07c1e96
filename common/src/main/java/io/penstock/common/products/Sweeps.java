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
import org.jspecify.annotations.Nullable;

/** What is due for an update or an analysis, page by page: a page is a range of ids, so that the last one costs what the first does. */
@ApplicationScoped
public class Sweeps {

    private static final String PAGE =
            """
            SELECT i.id, i.fetched_at, w.weight, w.last_active
            FROM product_item AS i
            CROSS JOIN LATERAL (
                SELECT max(CASE u.plan WHEN 'enterprise' THEN $4::integer WHEN 'premium' THEN $5::integer ELSE $6::integer END) AS weight,
                    max(u.last_active_at) AS last_active
                FROM product_tracked AS t JOIN product_user AS u ON u.id = t.user_id
                WHERE t.item_id = i.id AND t.active AND t.frequency = ANY ($2)) AS w
            WHERE i.id > $1 AND w.weight IS NOT NULL
            ORDER BY i.id LIMIT $3
            """;

    private static final String RANGES =
            """
            SELECT min(id) AS first, max(id) AS last
            FROM (SELECT i.id, (row_number() OVER (ORDER BY i.id) - 1) / $3 AS piece
                FROM product_item AS i
                WHERE (i.checked_at IS NULL OR i.checked_at <= $1)
                    AND EXISTS (SELECT 1 FROM product_tracked AS t
                        WHERE t.item_id = i.id AND t.active AND t.frequency = ANY ($2))) AS due
            GROUP BY piece ORDER BY piece
            """;

    private static final String GROUPS = "SELECT id FROM product_group WHERE active AND id > $1 ORDER BY id LIMIT $2";

    private static final String TRACKED =
            "SELECT id FROM product_tracked WHERE active AND id > $1 ORDER BY id LIMIT $2";

    /** An item that is tracked, and how urgent its update is. */
    public record Due(long itemId, int priority) {}

    /** Ids from and to, both included. */
    public record Range(long from, long to) {}

    private final Pool pool;

    @Inject
    public Sweeps(Pool pool) {
        this.pool = pool;
    }

    /** Frequencies of that name; all where there is none. */
    public static List<Frequency> of(@Nullable String frequency) {
        return frequency == null
                ? List.of(Frequency.values())
                : Frequency.ofWire(frequency).map(List::of).orElse(List.of());
    }

    /** Items that somebody tracks with one of these frequencies. */
    public Uni<List<Due>> page(long after, List<Frequency> of, int most, Instant now) {
        return pool.preparedQuery(PAGE)
                .execute(Tuple.of(
                        after, wires(of), most, Plan.ENTERPRISE.weight(), Plan.PREMIUM.weight(), Plan.BASIC.weight()))
                .map(rows -> rows.stream().map(row -> due(row, now)).toList());
    }

    private static Due due(Row row, Instant now) {
        return new Due(
                row.getLong("id"),
                UpdatePriority.of(
                        row.getInteger("weight"),
                        ItemRows.instant(row.getOffsetDateTime("fetched_at")),
                        ItemRows.instant(row.getOffsetDateTime("last_active")),
                        now));
    }

    /** Ranges of ids that hold so many items each that are due. */
    public Uni<List<Range>> ranges(Instant checkedBefore, List<Frequency> of, int items) {
        return pool.preparedQuery(RANGES)
                .execute(Tuple.of(checkedBefore.atOffset(ZoneOffset.UTC), wires(of), (long) items))
                .map(rows -> rows.stream()
                        .map(row -> new Range(row.getLong("first"), row.getLong("last")))
                        .toList());
    }

    /** Ids of active groups. */
    public Uni<List<Long>> groups(long after, int most) {
        return ids(GROUPS, after, most);
    }

    /** Ids of active tracked products. */
    public Uni<List<Long>> tracked(long after, int most) {
        return ids(TRACKED, after, most);
    }

    private Uni<List<Long>> ids(String statement, long after, int most) {
        return pool.preparedQuery(statement)
                .execute(Tuple.of(after, most))
                .map(rows -> rows.stream().map(row -> row.getLong("id")).toList());
    }

    private static String[] wires(List<Frequency> of) {
        return of.stream().map(Frequency::wire).toArray(String[]::new);
    }
}
