package io.penstock.common.templates;

import io.penstock.common.pool.DatabasePools;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds templates of one tenant. A statement is put together from the texts below alone, one for each filter that is asked for, so that
 * PostgreSQL plans for exactly these; whatever callers write is a parameter. A place is a key, not a count.
 */
@ApplicationScoped
public class TemplateSearch {

    /** Further nobody counts: it would cost more than it tells. */
    static final int MOST_COUNTED = 10_000;

    private static final String COLUMNS =
            """
            t.id, t.name, left(t.description, 500) AS description, t.kind, t.status, t.parent_id, t.depth, t.category_id, t.skill_level,
            t.price::text AS price, t.duration_minutes, t.is_public, t.is_system, t.usage_count, t.last_used_at, t.favourites,
            t.version, t.created_at, t.updated_at,
            ARRAY(SELECT g.name FROM course_template_tag g WHERE g.tenant = t.tenant AND g.template_id = t.id ORDER BY g.name) AS tags
            """;

    /** The same expression as that of the index on words. Two sets rather than one condition, so that each finds by its index. */
    private static final String HAS_TEXT =
            """
            t.id IN (
                SELECT w.id FROM course_template w
                WHERE w.tenant = $1 AND (w.name || ' ' || coalesce(w.description, '')) ILIKE %1$s
                UNION
                SELECT w.template_id FROM course_template_tag w WHERE w.tenant = $1 AND w.name ILIKE %1$s)""";

    private static final String HAS_TAG =
            "t.id IN (SELECT g.template_id FROM course_template_tag g WHERE g.tenant = $1 AND g.name = ANY (%s))";

    private static final String IS_FAVOURITE =
            "t.id IN (SELECT f.template_id FROM course_template_favourite f WHERE f.tenant = $1 AND f.person = %s)";

    private static final String MOST_USED =
            """
            SELECT tenant, id FROM course_template WHERE status = 'active' AND usage_count > 0
            ORDER BY usage_count DESC LIMIT $1
            """;

    private final DatabasePools pools;

    @Inject
    public TemplateSearch(DatabasePools pools) {
        this.pools = pools;
    }

    /** A statement with its parameters. */
    public static final class Statement {

        private final List<@Nullable Object> parameters = new ArrayList<>();
        private final List<String> conditions = new ArrayList<>();

        private String text = "";

        /** For {@code EXPLAIN}. */
        public String text() {
            return text;
        }

        public Tuple parameters() {
            return Tuple.tuple(new ArrayList<>(parameters));
        }

        private String parameter(Object value) {
            parameters.add(value);
            return "$" + parameters.size();
        }

        private void where(String condition, @Nullable Object value) {
            if (value != null) {
                conditions.add(String.format(condition, parameter(value)));
            }
        }
    }

    /** Those of all tenants that are used most, the most used first. */
    public Uni<List<TemplateCaches.Key>> mostUsed(int most) {
        return pools.analytics(pool -> pool.preparedQuery(MOST_USED).execute(Tuple.of(most)))
                .map(rows -> {
                    List<TemplateCaches.Key> keys = new ArrayList<>();
                    rows.forEach(row -> keys.add(new TemplateCaches.Key(row.getString("tenant"), row.getUUID("id"))));
                    return keys;
                });
    }

    public Uni<TemplatePage> page(TemplateQuery query) {
        Statement rows = rows(query);
        Statement count = count(query);
        return pools.read(pool -> execute(pool, rows).chain(found -> execute(pool, count)
                .map(counted -> page(query, found, counted.iterator().next().getLong("n")))));
    }

    private static Uni<RowSet<Row>> execute(SqlClient client, Statement statement) {
        return client.preparedQuery(statement.text()).execute(statement.parameters());
    }

    /** The statement that finds a page; one more than the page has, so that the next one is known of. */
    public static Statement rows(TemplateQuery query) {
        Statement statement = filtered(query);
        TemplateSort sort = query.sort();
        TemplatePlace place = query.place();
        boolean up = query.ascending() != (place != null && place.backwards());
        if (place != null) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < place.keys().size(); i++) {
                values.add(statement.parameter(place.keys().get(i)) + "::text::"
                        + sort.types().get(i));
            }
            values.add(statement.parameter(place.id()));
            statement.conditions.add("(" + String.join(", ", sort.expressions()) + ", t.id) " + (up ? ">" : "<") + " ("
                    + String.join(", ", values) + ")");
        }
        String direction = up ? " ASC" : " DESC";
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < sort.expressions().size(); i++) {
            keys.append(", ");
            // As places are written: with the T and the colon that Java reads, too.
            keys.append(
                    sort.types().get(i).equals("timestamptz")
                            ? "CASE WHEN isfinite(" + sort.expressions().get(i) + ") THEN to_json("
                                    + sort.expressions().get(i) + ") #>> '{}' ELSE '-infinity' END"
                            : "(" + sort.expressions().get(i) + ")::text");
            keys.append(" AS k").append(i);
        }
        statement.text = "SELECT " + COLUMNS.stripTrailing() + keys + " FROM course_template t WHERE "
                + String.join(" AND ", statement.conditions) + " ORDER BY "
                + String.join(direction + ", ", sort.expressions()) + direction + ", t.id" + direction + " LIMIT "
                + statement.parameter(query.limit() + 1);
        return statement;
    }

    /** The statement that counts all that is found, so far as anybody counts. */
    public static Statement count(TemplateQuery query) {
        Statement statement = filtered(query);
        statement.text = "SELECT count(*) AS n FROM (SELECT FROM course_template t WHERE "
                + String.join(" AND ", statement.conditions) + " LIMIT " + statement.parameter(MOST_COUNTED + 1)
                + ") AS counted";
        return statement;
    }

    private static Statement filtered(TemplateQuery query) {
        Statement statement = new Statement();
        statement.where("t.tenant = %s", query.tenant());
        if ("active".equals(query.status())) {
            // In the words of the indexes that hold active ones alone.
            statement.conditions.add("t.status = 'active'");
        } else {
            statement.where("t.status = %s", query.status());
        }
        statement.where("t.category_id = %s", query.category());
        statement.where("t.kind = %s", query.kind());
        statement.where("t.skill_level = %s", query.skillLevel());
        statement.where("t.price >= %s", query.minPrice());
        statement.where("t.price <= %s", query.maxPrice());
        statement.where("t.duration_minutes >= %s", query.minDuration());
        statement.where("t.duration_minutes <= %s", query.maxDuration());
        String text = query.text();
        if (text != null) {
            statement.where(
                    HAS_TEXT,
                    "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%");
        }
        if (!query.tags().isEmpty()) {
            statement.where(HAS_TAG, query.tags().toArray(String[]::new));
        }
        statement.where(IS_FAVOURITE, query.favouritesOf());
        if (query.popular()) {
            statement.where("t.usage_count > %s", TemplateQuery.POPULAR_FROM);
        }
        return statement;
    }

    private static TemplatePage page(TemplateQuery query, RowSet<Row> found, long counted) {
        List<Row> rows = new ArrayList<>();
        found.forEach(rows::add);
        boolean more = rows.size() > query.limit();
        if (more) {
            rows.remove(rows.size() - 1);
        }
        TemplatePlace place = query.place();
        boolean backwards = place != null && place.backwards();
        if (backwards) {
            Collections.reverse(rows);
        }
        boolean hasNext = !rows.isEmpty() && (backwards || more);
        boolean hasPrevious = !rows.isEmpty() && (backwards ? more : place != null);
        return new TemplatePage(
                rows.stream().map(TemplateSearch::line).toList(),
                Math.min(counted, MOST_COUNTED),
                counted <= MOST_COUNTED,
                hasNext ? place(query, rows.get(rows.size() - 1), false) : null,
                hasPrevious ? place(query, rows.get(0), true) : null);
    }

    private static String place(TemplateQuery query, Row row, boolean backwards) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < query.sort().expressions().size(); i++) {
            keys.add(row.getString("k" + i));
        }
        return new TemplatePlace(query.sort(), query.ascending(), backwards, keys, row.getUUID("id")).asText();
    }

    private static TemplatePage.Line line(Row row) {
        return new TemplatePage.Line(
                row.getUUID("id").toString(),
                row.getString("name"),
                row.getString("description"),
                row.getString("kind"),
                row.getString("status"),
                text(row.getUUID("parent_id")),
                row.getInteger("depth"),
                text(row.getUUID("category_id")),
                row.getString("skill_level"),
                row.getString("price"),
                row.getInteger("duration_minutes"),
                List.of(row.getArrayOfStrings("tags")),
                row.getBoolean("is_public"),
                row.getBoolean("is_system"),
                row.getLong("usage_count"),
                row.getOffsetDateTime("last_used_at") == null
                        ? null
                        : row.getOffsetDateTime("last_used_at").toInstant(),
                row.getLong("favourites"),
                row.getLong("version"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant());
    }

    private static @Nullable String text(@Nullable UUID id) {
        return id == null ? null : id.toString();
    }
}
