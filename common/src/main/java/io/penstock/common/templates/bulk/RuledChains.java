package io.penstock.common.templates.bulk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.queue.StrictMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What bulk operations read of templates and all above them, to hold properties to rules. In no transaction: it may have changed meanwhile. */
@ApplicationScoped
public class RuledChains {

    /**
     * Ends in a circle as well: no row comes twice. Each template is looked up by its id: as a plain join PostgreSQL expects so many rows that
     * it reads all templates of a large tenant.
     */
    private static final String LINKS =
            """
            WITH RECURSIVE chain AS (
                SELECT t.* FROM unnest($2::uuid[]) AS asked(id) CROSS JOIN LATERAL (
                    SELECT id, parent_id, version, validation_rules <> '{}' AS ruled
                    FROM course_template WHERE tenant = $1 AND id = asked.id LIMIT 1) AS t
                UNION
                SELECT p.* FROM chain c CROSS JOIN LATERAL (
                    SELECT id, parent_id, version, validation_rules <> '{}' AS ruled
                    FROM course_template WHERE tenant = $1 AND id = c.parent_id LIMIT 1) AS p
            )
            SELECT * FROM chain
            """;

    private static final String CONTENTS =
            """
            SELECT id, version, jsonb_build_object('id', id, 'inherit', inherit, 'inherited_keys', inherited_keys,
                'dynamic_properties', dynamic_properties, 'validation_rules', validation_rules)::text AS content
            FROM course_template WHERE tenant = $1 AND id = ANY ($2)
            """;

    private static final ObjectMapper EXACT = StrictMapper.exact(new ObjectMapper());

    /**
     * A template as a part of chains.
     *
     * @param parent null: none
     * @param ruled whether it has rules of its own
     */
    public record Link(@Nullable UUID parent, long version, boolean ruled) {}

    /** What of a template makes its properties and rules, by the names of columns. */
    public record Content(long version, ObjectNode row) {}

    private final Pool pool;

    @Inject
    public RuledChains(Pool pool) {
        this.pool = pool;
    }

    /** Templates and all above them. One that is no key does not exist. */
    public Uni<Map<UUID, Link>> links(String tenant, Collection<UUID> ids) {
        return ids.isEmpty()
                ? Uni.createFrom().item(Map.of())
                : pool.preparedQuery(LINKS)
                        .execute(Tuple.of(tenant, TemplateRows.array(ids)))
                        .map(rows -> {
                            Map<UUID, Link> found = new HashMap<>();
                            rows.forEach(row -> found.put(
                                    row.getUUID("id"),
                                    new Link(
                                            row.getUUID("parent_id"),
                                            row.getLong("version"),
                                            row.getBoolean("ruled"))));
                            return found;
                        });
    }

    public Uni<Map<UUID, Content>> contents(String tenant, Collection<UUID> ids) {
        return ids.isEmpty()
                ? Uni.createFrom().item(Map.of())
                : pool.preparedQuery(CONTENTS)
                        .execute(Tuple.of(tenant, TemplateRows.array(ids)))
                        .map(rows -> {
                            Map<UUID, Content> found = new HashMap<>();
                            rows.forEach(row -> found.put(
                                    row.getUUID("id"),
                                    new Content(row.getLong("version"), tree(row.getString("content")))));
                            return found;
                        });
    }

    private static ObjectNode tree(String json) {
        try {
            return (ObjectNode) EXACT.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL wrote something that is no JSON", e);
        }
    }
}
