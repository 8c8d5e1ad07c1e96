package io.penstock.common.templates.bulk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.queue.StrictMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sets of templates in PostgreSQL, read and changed as sets. Everything is of one tenant: no statement lacks it. Rows travel as JSON with the
 * names of columns.
 */
@ApplicationScoped
public class TemplateRows {

    /** In the order of ids, so that two chunks never wait for one another in a circle. */
    private static final String LOCK =
            """
            SELECT id, version, validation_rules <> '{}' AS ruled,
                (to_jsonb(t) - '{dynamic_properties,validation_rules,ui_configuration}'::text[])::text AS content
            FROM course_template t WHERE tenant = $1 AND id = ANY ($2) ORDER BY id FOR NO KEY UPDATE
            """;

    /** What changes the shape of a tenant's tree is done one after the other: two moves that are fine alone can make a circle. */
    private static final String LOCK_TREE =
            "SELECT pg_advisory_xact_lock(hashtextextended('course_template/' || $1, 0))";

    private static final String CHANGED_SINCE =
            """
            SELECT t.id, array_agg(c.key) AS columns
            FROM unnest($2::uuid[], $3::bigint[]) AS asked(id, version)
            JOIN course_template t ON t.tenant = $1 AND t.id = asked.id
            JOIN course_template_version v ON v.tenant = $1 AND v.template_id = t.id AND v.version = asked.version
            CROSS JOIN LATERAL (
                SELECT e.key FROM jsonb_each(to_jsonb(t)) AS e WHERE e.value IS DISTINCT FROM v.content -> 'row' -> e.key
                UNION ALL
                SELECT 'tags' WHERE v.content -> 'tags' IS DISTINCT FROM (
                    SELECT coalesce(jsonb_agg(jsonb_build_object('name', g.name, 'value', g.value, 'type', g.type)
                        ORDER BY g.name, g.value), '[]')
                    FROM course_template_tag g WHERE g.tenant = $1 AND g.template_id = t.id)) AS c
            GROUP BY t.id
            """;

    /** One look into the index for each, whatever PostgreSQL believes of a tenant's size: a table that has just been filled has no statistics. */
    private static final String NAMED =
            """
            SELECT found.id, found.name, found.status FROM unnest($2::text[], $3::text[]) AS asked(name, status)
            CROSS JOIN LATERAL (SELECT t.id, t.name, t.status FROM course_template t
                WHERE t.tenant = $1 AND t.name = asked.name AND t.status = asked.status LIMIT 1) AS found
            """;

    private static final String CHAINS =
            """
            WITH RECURSIVE chain AS (
                SELECT id, parent_id, 0 AS step FROM course_template WHERE tenant = $1 AND id = ANY ($2)
                UNION
                SELECT p.id, p.parent_id, c.step + 1 FROM chain c
                JOIN course_template p ON p.tenant = $1 AND p.id = c.parent_id WHERE c.step < 20
            )
            SELECT DISTINCT id, parent_id FROM chain
            """;

    private static final String HEIGHTS =
            """
            WITH RECURSIVE below AS (
                SELECT id AS top, id, 0 AS level FROM course_template WHERE tenant = $1 AND id = ANY ($2)
                UNION ALL
                SELECT b.top, c.id, b.level + 1 FROM below b
                JOIN course_template c ON c.tenant = $1 AND c.parent_id = b.id WHERE b.level < 20
            )
            SELECT top, max(level) AS height FROM below GROUP BY top
            """;

    private static final String DEPENDENTS =
            """
            SELECT asked.id,
                (SELECT count(*) FROM course_template c WHERE c.tenant = $1 AND c.parent_id = asked.id AND c.status = 'active')
                    AS children,
                (SELECT count(*) FROM course c WHERE c.tenant = $1 AND c.template_id = asked.id
                    AND c.status IN ('planned', 'running')) AS courses,
                (SELECT count(*) FROM course c JOIN course_schedule s ON s.tenant = $1 AND s.course_id = c.id
                    WHERE c.tenant = $1 AND c.template_id = asked.id AND c.status IN ('planned', 'running')
                        AND s.ends_at > now()) AS schedules
            FROM unnest($2::uuid[]) AS asked(id)
            """;

    private static final String CATEGORIES = "SELECT id FROM course_category WHERE tenant = $1 AND id = ANY ($2)";

    private static final String ADD =
            """
            INSERT INTO course_template (tenant, id, kind, parent_id, depth, name, description, category_id, duration_minutes,
                min_participants, max_participants, price, skill_level, inherit, inherited_keys, dynamic_properties,
                validation_rules, ui_configuration, status, is_public, created_by, updated_by)
            SELECT $1, r.id, coalesce(r.kind, 'custom'), r.parent_id, coalesce(r.depth, 0), r.name, r.description, r.category_id,
                r.duration_minutes, r.min_participants, r.max_participants, r.price, r.skill_level, coalesce(r.inherit, 'merge'),
                coalesce(r.inherited_keys, '{}'), coalesce(r.dynamic_properties, '{}'), coalesce(r.validation_rules, '{}'),
                coalesce(r.ui_configuration, '{}'), coalesce(r.status, 'draft'), coalesce(r.is_public, false), $3, $3
            FROM jsonb_populate_recordset(NULL::course_template, $2::text::jsonb) AS r
            ON CONFLICT DO NOTHING RETURNING id, version
            """;

    /** Templates, their tags $4 and their lines of audit in one step. */
    private static final String CREATE = "WITH added AS (\n" + ADD
            + """
            ), tagged AS (
                INSERT INTO course_template_tag (tenant, template_id, name, value, type)
                SELECT $1, r.template_id, r.name, coalesce(r.value, ''), coalesce(r.type, 'label')
                FROM jsonb_to_recordset($4::text::jsonb) AS r(template_id uuid, name text, value text, type text)
                WHERE r.template_id IN (SELECT id FROM added)
                ON CONFLICT DO NOTHING
            ), told AS (
                INSERT INTO course_template_audit (tenant, template_id, action, person, version, detail)
                SELECT $1, id, 'created', $3, version, jsonb_build_object('batch', $5::text) FROM added
            )
            SELECT id FROM added
            """;

    private static final String UPDATE =
            """
            UPDATE course_template t SET kind = r.kind, parent_id = r.parent_id, depth = r.depth, name = r.name,
                description = r.description, category_id = r.category_id, duration_minutes = r.duration_minutes,
                min_participants = r.min_participants, max_participants = r.max_participants, price = r.price,
                skill_level = r.skill_level, inherit = r.inherit, inherited_keys = r.inherited_keys,
                dynamic_properties = coalesce(r.dynamic_properties, t.dynamic_properties),
                validation_rules = coalesce(r.validation_rules, t.validation_rules),
                ui_configuration = coalesce(r.ui_configuration, t.ui_configuration),
                status = r.status, is_public = r.is_public, version = t.version + 1, previous_version = t.version,
                updated_by = $3, updated_at = now()
            FROM jsonb_populate_recordset(NULL::course_template, $2::text::jsonb) AS r
            WHERE t.tenant = $1 AND t.id = r.id
            """;

    /** Counted from the top for each: several of one chain may have been moved at once. */
    private static final String DEEPER =
            """
            WITH RECURSIVE below AS (
                SELECT id, 0 AS step FROM course_template WHERE tenant = $1 AND id = ANY ($2)
                UNION
                SELECT c.id, b.step + 1 FROM below b JOIN course_template c ON c.tenant = $1 AND c.parent_id = b.id
                WHERE b.step < 20
            ), above AS (
                SELECT t.id AS node, t.parent_id, 0 AS depth
                FROM course_template t WHERE t.tenant = $1 AND t.id IN (SELECT id FROM below)
                UNION ALL
                SELECT a.node, p.parent_id, a.depth + 1 FROM above a
                JOIN course_template p ON p.tenant = $1 AND p.id = a.parent_id WHERE a.depth < 20
            ), deep AS (
                SELECT node, max(depth) AS depth FROM above GROUP BY node
            )
            UPDATE course_template t SET depth = d.depth FROM deep d
            WHERE t.tenant = $1 AND t.id = d.node AND t.depth <> d.depth
            """;

    private static final String DROP_TAGS =
            "DELETE FROM course_template_tag WHERE tenant = $1 AND template_id = ANY ($2)";

    private static final String ADD_TAGS =
            """
            INSERT INTO course_template_tag (tenant, template_id, name, value, type)
            SELECT $1, r.template_id, r.name, coalesce(r.value, ''), coalesce(r.type, 'label')
            FROM jsonb_to_recordset($2::text::jsonb) AS r(template_id uuid, name text, value text, type text)
            ON CONFLICT DO NOTHING
            """;

    private static final String AUDIT =
            """
            INSERT INTO course_template_audit (tenant, template_id, action, person, version, detail)
            SELECT $1, id, $3, $4, version, jsonb_build_object('batch', $5::text) FROM course_template
            WHERE tenant = $1 AND id = ANY ($2)
            """;

    private static final String COUNT =
            "SELECT count(*) AS n FROM (SELECT FROM course_template WHERE tenant = $1 LIMIT $2) AS counted";

    private static final String EXISTING =
            "SELECT id, version, is_system, updated_at FROM course_template WHERE tenant = $1 AND id = ANY ($2)";

    private static final ObjectMapper EXACT = StrictMapper.exact(new ObjectMapper());

    /**
     * A template that is locked until the transaction ends.
     *
     * @param ruled whether it has rules of its own
     * @param content its columns but for the three objects
     */
    public record Locked(UUID id, long version, boolean ruled, ObjectNode content) {}

    /** What hangs on a template. */
    public record Dependents(long children, long courses, long schedules) {

        static final Dependents NONE = new Dependents(0, 0, 0);
    }

    public Uni<Map<UUID, Locked>> lock(SqlConnection transaction, String tenant, Collection<UUID> ids) {
        return query(transaction, LOCK, Tuple.of(tenant, array(ids))).map(rows -> {
            Map<UUID, Locked> found = new LinkedHashMap<>();
            rows.forEach(row -> found.put(
                    row.getUUID("id"),
                    new Locked(
                            row.getUUID("id"),
                            row.getLong("version"),
                            row.getBoolean("ruled"),
                            row(row.getString("content")))));
            return found;
        });
    }

    public Uni<Void> lockTree(SqlConnection transaction, String tenant) {
        return query(transaction, LOCK_TREE, Tuple.of(tenant)).replaceWithVoid();
    }

    /** The columns that differ from an earlier version; absent: that version is not known. */
    public Uni<Map<UUID, List<String>>> changedSince(SqlClient client, String tenant, Map<UUID, Long> versions) {
        if (versions.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        UUID[] ids = array(versions.keySet());
        Long[] numbers = versions.values().toArray(Long[]::new);
        return query(client, CHANGED_SINCE, Tuple.of(tenant, ids, numbers)).map(rows -> {
            Map<UUID, List<String>> found = new HashMap<>();
            rows.forEach(row -> found.put(row.getUUID("id"), List.of(row.getArrayOfStrings("columns"))));
            return found;
        });
    }

    /** Which template has each name and status: {@code name \n status}. */
    public Uni<Map<String, UUID>> named(SqlClient client, String tenant, List<String> names, List<String> statuses) {
        if (names.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        return query(client, NAMED, Tuple.of(tenant, names.toArray(String[]::new), statuses.toArray(String[]::new)))
                .map(rows -> {
                    Map<String, UUID> found = new HashMap<>();
                    rows.forEach(row ->
                            found.put(nameKey(row.getString("name"), row.getString("status")), row.getUUID("id")));
                    return found;
                });
    }

    public static String nameKey(String name, String status) {
        return name + "\n" + status;
    }

    /** The parent of each of these templates and of all above them. A template that is no key does not exist. */
    public Uni<Map<UUID, @Nullable UUID>> chains(SqlClient client, String tenant, Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        return query(client, CHAINS, Tuple.of(tenant, array(ids))).map(rows -> {
            Map<UUID, @Nullable UUID> found = new HashMap<>();
            rows.forEach(row -> found.put(row.getUUID("id"), row.getUUID("parent_id")));
            return found;
        });
    }

    /** How many levels of templates are below each. */
    public Uni<Map<UUID, Integer>> heights(SqlClient client, String tenant, Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        return query(client, HEIGHTS, Tuple.of(tenant, array(ids))).map(rows -> {
            Map<UUID, Integer> found = new HashMap<>();
            rows.forEach(row -> found.put(row.getUUID("top"), row.getInteger("height")));
            return found;
        });
    }

    public Uni<Map<UUID, Dependents>> dependents(SqlClient client, String tenant, Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        return query(client, DEPENDENTS, Tuple.of(tenant, array(ids))).map(rows -> {
            Map<UUID, Dependents> found = new HashMap<>();
            rows.forEach(row -> found.put(
                    row.getUUID("id"),
                    new Dependents(row.getLong("children"), row.getLong("courses"), row.getLong("schedules"))));
            return found;
        });
    }

    public Uni<Set<UUID>> categories(SqlClient client, String tenant, Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().item(Set.of());
        }
        return query(client, CATEGORIES, Tuple.of(tenant, array(ids))).map(rows -> ids(rows));
    }

    /** Adds templates; answers with those that were added: another one has the id, or the name and status, of the rest. */
    public Uni<Set<UUID>> insert(SqlConnection transaction, String tenant, List<ObjectNode> rows, String by) {
        if (rows.isEmpty()) {
            return Uni.createFrom().item(Set.of());
        }
        return query(transaction, ADD, Tuple.of(tenant, rows.toString(), by)).map(done -> ids(done));
    }

    /**
     * The same with their tags and lines of audit, for a batch that makes them.
     *
     * @param tags of those that have some, as the field {@code tags} has them
     */
    public Uni<Set<UUID>> create(
            SqlConnection transaction,
            String tenant,
            List<ObjectNode> rows,
            Map<UUID, JsonNode> tags,
            String by,
            UUID batchId) {
        return rows.isEmpty()
                ? Uni.createFrom().item(Set.of())
                : query(
                                transaction,
                                CREATE,
                                Tuple.of(
                                        tenant,
                                        rows.toString(),
                                        by,
                                        tagRows(tags).toString(),
                                        batchId.toString()))
                        .map(done -> ids(done));
    }

    /** Writes templates that are locked; objects that a row does not have stay. Each has its next version. */
    public Uni<Void> update(SqlConnection transaction, String tenant, List<ObjectNode> rows, String by) {
        return rows.isEmpty()
                ? Uni.createFrom().voidItem()
                : query(transaction, UPDATE, Tuple.of(tenant, rows.toString(), by))
                        .replaceWithVoid();
    }

    /** Brings the depths below templates that have been moved in order. */
    public Uni<Void> deepen(SqlConnection transaction, String tenant, Collection<UUID> moved) {
        return moved.isEmpty()
                ? Uni.createFrom().voidItem()
                : query(transaction, DEEPER, Tuple.of(tenant, array(moved))).replaceWithVoid();
    }

    /**
     * Replaces the tags of templates.
     *
     * @param tags of each template, as the field {@code tags} has them
     */
    public Uni<Void> replaceTags(SqlConnection transaction, String tenant, Map<UUID, JsonNode> tags) {
        if (tags.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return query(transaction, DROP_TAGS, Tuple.of(tenant, array(tags.keySet())))
                .chain(() -> query(
                        transaction, ADD_TAGS, Tuple.of(tenant, tagRows(tags).toString())))
                .replaceWithVoid();
    }

    private static ArrayNode tagRows(Map<UUID, JsonNode> tags) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        tags.forEach((id, all) -> {
            for (JsonNode tag : all) {
                ObjectNode row = rows.addObject().put("template_id", id.toString());
                if (tag.isObject()) {
                    row.put("name", tag.path("name").asText());
                    List.of("value", "type").forEach(key -> {
                        if (tag.hasNonNull(key)) {
                            row.put(key, tag.get(key).asText());
                        }
                    });
                } else {
                    row.put("name", tag.asText());
                }
            }
        });
        return rows;
    }

    /** As it is stored, digit for digit. */
    private static ObjectNode row(String json) {
        try {
            return (ObjectNode) EXACT.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL wrote something that is no JSON", e);
        }
    }

    public Uni<Void> audit(
            SqlConnection transaction, String tenant, Collection<UUID> ids, String action, String by, UUID batchId) {
        return ids.isEmpty()
                ? Uni.createFrom().voidItem()
                : query(transaction, AUDIT, Tuple.of(tenant, array(ids), action, by, batchId.toString()))
                        .replaceWithVoid();
    }

    /** How many templates a tenant has, counted up to {@code most}. */
    public Uni<Long> count(SqlClient client, String tenant, long most) {
        return query(client, COUNT, Tuple.of(tenant, most))
                .map(rows -> rows.iterator().next().getLong("n"));
    }

    /** A template as it is found now, without a lock. */
    public record Seen(UUID id, long version, boolean isSystem, Instant updatedAt) {}

    public Uni<Map<UUID, Seen>> existing(SqlClient client, String tenant, Collection<UUID> ids) {
        return query(client, EXISTING, Tuple.of(tenant, array(ids))).map(rows -> {
            Map<UUID, Seen> found = new HashMap<>();
            rows.forEach(row -> found.put(
                    row.getUUID("id"),
                    new Seen(
                            row.getUUID("id"),
                            row.getLong("version"),
                            row.getBoolean("is_system"),
                            row.getOffsetDateTime("updated_at").toInstant())));
            return found;
        });
    }

    static UUID[] array(Collection<UUID> ids) {
        return new ArrayList<>(ids).toArray(UUID[]::new);
    }

    private static Set<UUID> ids(RowSet<Row> rows) {
        Set<UUID> found = new HashSet<>();
        rows.forEach(row -> found.add(row.getUUID("id")));
        return found;
    }

    private static Uni<RowSet<Row>> query(SqlClient client, String statement, Tuple parameters) {
        return client.preparedQuery(statement).execute(parameters);
    }
}
