package io.penstock.common.templates;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.pool.DatabasePools;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What people do with templates without changing them: uses, favourites, categories. Counts are in the transaction of what they count. */
@ApplicationScoped
public class TemplateUses {

    private static final String USE =
            """
            WITH used AS (
                UPDATE course_template SET usage_count = usage_count + 1, last_used_at = now()
                WHERE tenant = $1 AND id = $2 RETURNING version
            )
            INSERT INTO course_template_use (tenant, id, template_id, template_version, type, customisations, outcome, person)
            SELECT $1, $3, $2, version, $4, $5::text::jsonb, $6, $7 FROM used
            """;

    private static final String USAGE =
            """
            SELECT t.usage_count, t.last_used_at, t.favourites,
                EXISTS (SELECT FROM course_template_favourite f WHERE f.tenant = $1 AND f.template_id = $2 AND f.person = $3) AS favourite
            FROM course_template t WHERE t.tenant = $1 AND t.id = $2
            """;

    private static final String LATEST =
            """
            SELECT id, template_version, type, customisations::text AS customisations, outcome, person, used_at
            FROM course_template_use WHERE tenant = $1 AND template_id = $2 ORDER BY used_at DESC LIMIT $3
            """;

    private static final String ADD_FAVOURITE =
            """
            INSERT INTO course_template_favourite (tenant, template_id, person)
            SELECT $1, id, $3 FROM course_template WHERE tenant = $1 AND id = $2 ON CONFLICT DO NOTHING
            """;

    private static final String DROP_FAVOURITE =
            "DELETE FROM course_template_favourite WHERE tenant = $1 AND template_id = $2 AND person = $3";

    private static final String COUNT_FAVOURITES =
            "UPDATE course_template SET favourites = greatest(0, favourites + $3) WHERE tenant = $1 AND id = $2";

    private static final String EXISTS = "SELECT FROM course_template WHERE tenant = $1 AND id = $2";

    private static final String CATEGORIES =
            "SELECT id, name, colour FROM course_category WHERE tenant = $1 ORDER BY name LIMIT 1000";

    private static final String ADD_CATEGORY =
            """
            INSERT INTO course_category (tenant, id, name, colour) SELECT $1, $2, $3, $4
            WHERE (SELECT count(*) FROM course_category WHERE tenant = $1) < 1000 ON CONFLICT DO NOTHING
            """;

    private static final String VERSIONS =
            """
            SELECT version, (content -> 'row' ->> 'name') AS name, (content -> 'row' ->> 'updated_by') AS updated_by,
                (content -> 'row' ->> 'updated_at')::timestamptz AS updated_at, content::text AS content
            FROM course_template_version WHERE tenant = $1 AND template_id = $2 AND version < $3 ORDER BY version DESC LIMIT $4
            """;

    private final DatabasePools pools;
    private final TemplateCaches caches;

    @Inject
    public TemplateUses(DatabasePools pools, TemplateCaches caches) {
        this.pools = pools;
        this.caches = caches;
    }

    /** One use. */
    @RegisterForReflection
    @Schema(name = "TemplateUse")
    public record Use(
            String id,
            long templateVersion,
            String type,
            String customisations,
            @Nullable String outcome,
            String person,
            Instant usedAt) {}

    /** How a template is used. */
    @RegisterForReflection
    @Schema(name = "TemplateUsage")
    public record Usage(
            long usageCount,
            @Nullable Instant lastUsedAt,
            long favourites,
            @Schema(description = "Of whoever asks") boolean favourite,
            @Schema(description = "The latest first") List<Use> latest) {}

    @RegisterForReflection
    @Schema(name = "TemplateCategory")
    public record Category(String id, String name, @Nullable String colour) {}

    /** What a template was. */
    @RegisterForReflection
    @Schema(name = "TemplateVersion")
    public record Version(
            long version,
            String name,
            String updatedBy,
            Instant updatedAt,
            @Schema(description = "Its row and its tags, as JSON") String content) {}

    /** False: the tenant has no such template. */
    public Uni<Boolean> use(
            String tenant,
            UUID id,
            UUID useId,
            String type,
            JsonNode customisations,
            @Nullable String outcome,
            String person) {
        return pools.write(pool -> pool.preparedQuery(USE)
                        .execute(Tuple.from(
                                Arrays.asList(tenant, id, useId, type, customisations.toString(), outcome, person))))
                .map(done -> done.rowCount() > 0)
                .call(done ->
                        done ? caches.foundElsewhere(tenant) : Uni.createFrom().voidItem());
    }

    /** Null: the tenant has no such template. */
    public Uni<@Nullable Usage> usage(String tenant, UUID id, String person, int latest) {
        return pools.write(pool -> pool.preparedQuery(USAGE)
                .execute(Tuple.of(tenant, id, person))
                .chain(found -> {
                    if (found.size() == 0) {
                        return Uni.createFrom().nullItem();
                    }
                    Row row = found.iterator().next();
                    return pool.preparedQuery(LATEST)
                            .execute(Tuple.of(tenant, id, latest))
                            .map(uses -> new Usage(
                                    row.getLong("usage_count"),
                                    instant(row, "last_used_at"),
                                    row.getLong("favourites"),
                                    row.getBoolean("favourite"),
                                    uses(uses)));
                }));
    }

    private static @Nullable Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column) == null
                ? null
                : row.getOffsetDateTime(column).toInstant();
    }

    private static List<Use> uses(RowSet<Row> rows) {
        List<Use> uses = new ArrayList<>();
        rows.forEach(row -> uses.add(new Use(
                row.getUUID("id").toString(),
                row.getLong("template_version"),
                row.getString("type"),
                row.getString("customisations"),
                row.getString("outcome"),
                row.getString("person"),
                row.getOffsetDateTime("used_at").toInstant())));
        return uses;
    }

    /** False: the tenant has no such template. Asked twice it does it once. */
    public Uni<Boolean> favourite(String tenant, UUID id, String person, boolean wanted) {
        return pools.inTransaction(tx -> tx.preparedQuery(EXISTS)
                        .execute(Tuple.of(tenant, id))
                        .chain(there -> there.size() == 0
                                ? Uni.createFrom().item(false)
                                : change(tx, tenant, id, person, wanted)))
                .call(there ->
                        there ? caches.foundElsewhere(tenant) : Uni.createFrom().voidItem());
    }

    private static Uni<Boolean> change(SqlConnection tx, String tenant, UUID id, String person, boolean wanted) {
        return tx.preparedQuery(wanted ? ADD_FAVOURITE : DROP_FAVOURITE)
                .execute(Tuple.of(tenant, id, person))
                .chain(done -> done.rowCount() == 0
                        ? Uni.createFrom().item(true)
                        : tx.preparedQuery(COUNT_FAVOURITES)
                                .execute(Tuple.of(tenant, id, wanted ? 1L : -1L))
                                .replaceWith(true));
    }

    public Uni<List<Category>> categories(String tenant) {
        return pools.write(pool -> pool.preparedQuery(CATEGORIES).execute(Tuple.of(tenant)))
                .map(rows -> {
                    List<Category> found = new ArrayList<>();
                    rows.forEach(row -> found.add(new Category(
                            row.getUUID("id").toString(), row.getString("name"), row.getString("colour"))));
                    return found;
                });
    }

    /** False: there is one of this name, or there are 1,000. */
    public Uni<Boolean> addCategory(String tenant, UUID id, String name, @Nullable String colour) {
        return pools.write(pool -> pool.preparedQuery(ADD_CATEGORY).execute(Tuple.of(tenant, id, name, colour)))
                .map(done -> done.rowCount() > 0);
    }

    /** What a template was before its present version, the latest first. */
    public Uni<List<Version>> versions(String tenant, UUID id, long before, int limit) {
        return pools.write(pool -> pool.preparedQuery(VERSIONS).execute(Tuple.of(tenant, id, before, limit)))
                .map(rows -> {
                    List<Version> found = new ArrayList<>();
                    rows.forEach(row -> found.add(new Version(
                            row.getLong("version"),
                            row.getString("name"),
                            row.getString("updated_by"),
                            row.getOffsetDateTime("updated_at").toInstant(),
                            row.getString("content"))));
                    return found;
                });
    }
}
