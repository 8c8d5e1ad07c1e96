package io.penstock.common.templates.bulk;

import io.penstock.common.pool.DatabasePools;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tree of inheritance, a level at a time, and the templates that a text is found in: what people choose from for a bulk operation. */
@ApplicationScoped
public class TemplateTree {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String COLUMNS =
            """
            t.id, t.name, t.kind, t.parent_id, t.depth, t.status, t.skill_level, t.price::text AS price, t.duration_minutes,
            t.usage_count, t.is_system, t.version, t.updated_at,
            (SELECT count(*) FROM course_template c WHERE c.tenant = t.tenant AND c.parent_id = t.id) AS children
            """;

    private static final String LEVEL = "SELECT " + COLUMNS
            + """
            FROM course_template t
            WHERE t.tenant = $1 AND t.parent_id IS NOT DISTINCT FROM $2 AND (t.name, t.id) > ($3, $4)
            ORDER BY t.name, t.id LIMIT $5
            """;

    private static final String FOUND = "SELECT " + COLUMNS
            + """
            FROM course_template t
            WHERE t.tenant = $1 AND (t.name || ' ' || coalesce(t.description, '')) ILIKE $2 AND ($3::text IS NULL OR t.status = $3)
                AND (t.name, t.id) > ($4, $5)
            ORDER BY t.name, t.id LIMIT $6
            """;

    private static final String ABOVE =
            """
            WITH RECURSIVE chain AS (
                SELECT id, parent_id, 0 AS step FROM course_template WHERE tenant = $1 AND id = $2
                UNION ALL
                SELECT p.id, p.parent_id, c.step + 1 FROM chain c
                JOIN course_template p ON p.tenant = $1 AND p.id = c.parent_id WHERE c.step < 20
            )
            """
                    + "SELECT " + COLUMNS
                    + "FROM chain JOIN course_template t ON t.tenant = $1 AND t.id = chain.id ORDER BY chain.step DESC";

    /** A template as the tree shows it. */
    @RegisterForReflection
    public record Node(
            String id,
            String name,
            String kind,
            @Nullable String parentId,
            int depth,
            String status,
            @Nullable String skillLevel,
            @Nullable String price,
            @Nullable Integer durationMinutes,
            long usageCount,
            boolean isSystem,
            long version,
            Instant updatedAt,
            long children) {}

    private final DatabasePools pools;

    @Inject
    public TemplateTree(DatabasePools pools) {
        this.pools = pools;
    }

    /**
     * The children of a template, or those without a parent, by name.
     *
     * @param parent null: those without
     * @param afterName with {@code afterId}, where the page begins: behind this one
     */
    public Uni<List<Node>> level(String tenant, @Nullable UUID parent, String afterName, UUID afterId, int most) {
        return nodes(LEVEL, Tuple.of(tenant, parent, afterName, afterId, most));
    }

    /**
     * Templates whose name or description holds a text, by name.
     *
     * @param status null: any
     */
    public Uni<List<Node>> found(
            String tenant, String text, @Nullable String status, String afterName, UUID afterId, int most) {
        String pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
        return nodes(FOUND, Tuple.of(tenant, pattern, status, afterName, afterId, most));
    }

    /** A template and all above it, the topmost first; empty: the tenant has no such template. */
    public Uni<List<Node>> above(String tenant, UUID id) {
        return nodes(ABOVE, Tuple.of(tenant, id));
    }

    private Uni<List<Node>> nodes(String statement, Tuple parameters) {
        return pools.read(pool -> pool.preparedQuery(statement)
                .execute(parameters)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(rows -> {
                    List<Node> found = new ArrayList<>();
                    rows.forEach(row -> found.add(node(row)));
                    return found;
                }));
    }

    private static Node node(Row row) {
        UUID parent = row.getUUID("parent_id");
        return new Node(
                row.getUUID("id").toString(),
                row.getString("name"),
                row.getString("kind"),
                parent == null ? null : parent.toString(),
                row.getInteger("depth"),
                row.getString("status"),
                row.getString("skill_level"),
                row.getString("price"),
                row.getInteger("duration_minutes"),
                row.getLong("usage_count"),
                row.getBoolean("is_system"),
                row.getLong("version"),
                row.getOffsetDateTime("updated_at").toInstant(),
                row.getLong("children"));
    }
}
