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

    /** Ends in a circle as well: no row comes twice. */
    private static final String LINKS =
            """
            WITH RECURSIVE chain AS (
                SELECT id, parent_id FROM course_template WHERE tenant = $1 AND id = ANY ($2)
                UNION
                SELECT p.id, p.parent_id FROM chain c JOIN course_template p ON p.tenant = $1 AND p.id = c.parent_id
            )
            SELECT t.id, t.parent_id, t.version, t.validation_rules <> '{}' AS ruled
            FROM chain c JOIN course_template t ON t.tenant = $1 AND t.id = c.id
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
