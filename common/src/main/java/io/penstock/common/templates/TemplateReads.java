package io.penstock.common.templates;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.pool.DatabasePools;
import io.penstock.common.queue.StrictMapper;
import io.penstock.common.templates.bulk.Conflict;
import io.penstock.common.templates.bulk.ParentChanges;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads templates, one at a time, with their chains. Every statement names the tenant. */
@ApplicationScoped
public class TemplateReads {

    /** One step further than a chain may be long, so that one that is too long is seen. A circle ends where it closes. */
    private static final String CHAIN =
            """
            WITH RECURSIVE chain AS (
                SELECT id, parent_id, 0 AS step, ARRAY[id] AS path, false AS circle
                FROM course_template WHERE tenant = $1 AND id = $2
                UNION ALL
                SELECT p.id, p.parent_id, c.step + 1, c.path || p.id, p.id = ANY (c.path)
                FROM chain c JOIN course_template p ON p.tenant = $1 AND p.id = c.parent_id
                WHERE NOT c.circle AND c.step < $3
            )
            SELECT c.circle, c.path, to_jsonb(t)::text AS content, CASE WHEN c.step = 0 THEN (
                SELECT coalesce(jsonb_agg(jsonb_build_object('name', g.name, 'value', g.value, 'type', g.type)
                    ORDER BY g.name, g.value), '[]')::text
                FROM course_template_tag g WHERE g.tenant = $1 AND g.template_id = t.id) END AS tags
            FROM chain c JOIN course_template t ON t.tenant = $1 AND t.id = c.id ORDER BY c.step DESC
            """;

    private static final String BELOW =
            """
            WITH RECURSIVE below AS (
                SELECT id, 0 AS step FROM course_template WHERE tenant = $1 AND id = ANY ($2)
                UNION
                SELECT c.id, b.step + 1 FROM below b JOIN course_template c ON c.tenant = $1 AND c.parent_id = b.id
                WHERE b.step < 20
            )
            SELECT DISTINCT id FROM below
            """;

    private static final ObjectMapper EXACT = StrictMapper.exact(new ObjectMapper());

    private final DatabasePools pools;

    @Inject
    public TemplateReads(DatabasePools pools) {
        this.pools = pools;
    }

    /**
     * A template and all above it.
     *
     * @param rows the topmost first; empty: there is no such template
     * @param tags of the template itself
     */
    public record Chain(List<ObjectNode> rows, JsonNode tags) {}

    /** A template with what it inherits; null: the tenant has none of this id. */
    public Uni<@Nullable TemplateView> view(String tenant, UUID id) {
        return pools.write(pool -> chain(pool, tenant, id))
                .map(chain -> chain.rows().isEmpty() ? null : view(chain));
    }

    /**
     * In one round trip.
     *
     * @throws TemplateRefusedException where what is stored makes a circle or has too many levels; it names them
     */
    public Uni<Chain> chain(SqlClient client, String tenant, UUID id) {
        return client.preparedQuery(CHAIN)
                .execute(Tuple.of(tenant, id, ParentChanges.MAX_LEVELS))
                .map(TemplateReads::chainOf);
    }

    private static Chain chainOf(RowSet<Row> rows) {
        List<ObjectNode> chain = new ArrayList<>();
        JsonNode tags = EXACT.createArrayNode();
        for (Row row : rows) {
            UUID[] path = row.getArrayOfUUIDs("path");
            if (row.getBoolean("circle") || path.length > ParentChanges.MAX_LEVELS) {
                throw new TemplateRefusedException(Conflict.integrity(
                        (row.getBoolean("circle")
                                        ? "the parents make a circle: "
                                        : "the chain has more than " + ParentChanges.MAX_LEVELS + " levels: ")
                                + String.join(
                                        " -> ",
                                        Arrays.stream(path).map(UUID::toString).toList()),
                        "parentId"));
            }
            chain.add((ObjectNode) tree(row.getString("content")));
            String own = row.getString("tags");
            if (own != null) {
                tags = tree(own);
            }
        }
        return new Chain(chain, tags);
    }

    /** Templates, and all that inherit from them. */
    public Uni<List<UUID>> withAllBelow(String tenant, Collection<UUID> ids) {
        return pools.write(pool -> pool.preparedQuery(BELOW).execute(Tuple.of(tenant, ids.toArray(UUID[]::new))))
                .map(rows -> {
                    List<UUID> found = new ArrayList<>();
                    rows.forEach(row -> found.add(row.getUUID("id")));
                    return found;
                });
    }

    static TemplateView view(Chain chain) {
        ObjectNode row = chain.rows().get(chain.rows().size() - 1);
        Inheritance.Resolved resolved = Inheritance.resolve(chain.rows());
        List<TemplateView.Tag> tags = new ArrayList<>();
        chain.tags()
                .forEach(tag -> tags.add(new TemplateView.Tag(
                        tag.path("name").asText(),
                        tag.path("value").asText(),
                        tag.path("type").asText())));
        List<String> keys = new ArrayList<>();
        row.path("inherited_keys").forEach(key -> keys.add(key.asText()));
        return new TemplateView(
                row.path("id").asText(),
                row.path("name").asText(),
                row.path("kind").asText(),
                row.path("status").asText(),
                row.hasNonNull("parent_id") ? row.path("parent_id").asText() : null,
                row.path("depth").asInt(),
                row.path("inherit").asText(),
                keys,
                row.path("is_public").asBoolean(),
                row.path("is_system").asBoolean(),
                row.path("version").asLong(),
                row.hasNonNull("previous_version")
                        ? row.path("previous_version").asLong()
                        : null,
                row.path("created_by").asText(),
                OffsetDateTime.parse(row.path("created_at").asText()).toInstant(),
                row.path("updated_by").asText(),
                OffsetDateTime.parse(row.path("updated_at").asText()).toInstant(),
                tags,
                resolved.own(),
                resolved.effective(),
                resolved.inherited(),
                chain.rows().stream()
                        .map(link -> new TemplateView.Link(
                                link.path("id").asText(),
                                link.path("name").asText(),
                                link.path("version").asLong()))
                        .toList());
    }

    private static JsonNode tree(String json) {
        try {
            return EXACT.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL wrote something that is no JSON", e);
        }
    }
}
