package io.penstock.common.templates.bulk;

import io.penstock.common.retention.OldData;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What templates were before a bulk update. A backup is written in the transaction that changes its template, so that there is one of
 * exactly those that were changed, whoever dies. Values never leave PostgreSQL on their way there and back.
 */
@ApplicationScoped
public class TemplateBackups implements OldData {

    private static final String KEEP =
            """
            INSERT INTO course_template_backup (tenant, batch_id, template_id, version, new_version, content, tags)
            SELECT t.tenant, $2, t.id, t.version, t.version + 1, to_jsonb(t), (
                SELECT coalesce(jsonb_agg(jsonb_build_object('name', g.name, 'value', g.value, 'type', g.type)
                    ORDER BY g.name, g.value), '[]')
                FROM course_template_tag g WHERE g.tenant = t.tenant AND g.template_id = t.id)
            FROM course_template t WHERE t.tenant = $1 AND t.id = ANY ($3)
            ON CONFLICT (tenant, batch_id, template_id) DO UPDATE SET new_version = EXCLUDED.new_version
            """;

    private static final String LIST =
            """
            SELECT batch_id, count(*) AS templates, count(restored_by) AS restored, min(made_at) AS made_at
            FROM course_template_backup WHERE tenant = $1 AND ($2::uuid IS NULL OR batch_id < $2)
            GROUP BY batch_id ORDER BY batch_id DESC LIMIT $3
            """;

    private static final String OF_BATCH =
            """
            SELECT template_id, version, new_version, content ->> 'name' AS name, restored_by
            FROM course_template_backup WHERE tenant = $1 AND batch_id = $2 AND template_id > $3
            ORDER BY template_id LIMIT $4
            """;

    private static final String FOR_RESTORE =
            """
            SELECT template_id, version, new_version, (content ->> 'parent_id')::uuid AS parent_id,
                (content ->> 'category_id')::uuid AS category_id, content ->> 'name' AS name, content ->> 'status' AS status,
                restored_by
            FROM course_template_backup WHERE tenant = $1 AND batch_id = $2 AND template_id = ANY ($3)
            """;

    private static final String RESTORE =
            """
            UPDATE course_template t SET kind = r.kind, parent_id = r.parent_id,
                depth = coalesce((SELECT p.depth + 1 FROM course_template p WHERE p.tenant = $1 AND p.id = r.parent_id), 0),
                name = r.name, description = r.description, category_id = r.category_id,
                duration_minutes = r.duration_minutes, min_participants = r.min_participants,
                max_participants = r.max_participants, price = r.price, skill_level = r.skill_level, inherit = r.inherit,
                inherited_keys = r.inherited_keys, dynamic_properties = r.dynamic_properties,
                validation_rules = r.validation_rules, ui_configuration = r.ui_configuration, status = r.status,
                is_public = r.is_public, version = t.version + 1, previous_version = t.version, updated_by = $4,
                updated_at = now()
            FROM course_template_backup b
            CROSS JOIN LATERAL jsonb_populate_record(NULL::course_template, b.content) AS r
            WHERE b.tenant = $1 AND b.batch_id = $2 AND b.template_id = ANY ($3) AND t.tenant = $1 AND t.id = b.template_id
            """;

    private static final String DROP_TAGS =
            "DELETE FROM course_template_tag WHERE tenant = $1 AND template_id = ANY ($2)";

    private static final String RESTORE_TAGS =
            """
            INSERT INTO course_template_tag (tenant, template_id, name, value, type)
            SELECT $1, b.template_id, g.name, g.value, g.type
            FROM course_template_backup b, jsonb_to_recordset(b.tags) AS g(name text, value text, type text)
            WHERE b.tenant = $1 AND b.batch_id = $2 AND b.template_id = ANY ($3)
            """;

    private static final String MARK =
            """
            UPDATE course_template_backup SET restored_by = $4 WHERE tenant = $1 AND batch_id = $2 AND template_id = ANY ($3)
            """;

    private static final String FORGET =
            """
            DELETE FROM course_template_backup WHERE ctid IN (
                SELECT ctid FROM course_template_backup WHERE made_at < $1 LIMIT $2)
            """;

    /** The backups of one operation. */
    @RegisterForReflection
    public record Summary(String batchId, long templates, long restored, Instant madeAt) {}

    /** One backup. */
    @RegisterForReflection
    public record Line(String templateId, String name, long version, long newVersion, boolean restored) {}

    /**
     * What a restore has to know of a backup.
     *
     * @param version of the template as it was
     * @param newVersion as the operation left it
     * @param parentId null: none
     */
    public record Kept(
            UUID templateId,
            long version,
            long newVersion,
            @Nullable UUID parentId,
            @Nullable UUID categoryId,
            String name,
            String status,
            boolean restored) {}

    private final Pool pool;

    public TemplateBackups(Pool pool) {
        this.pool = pool;
    }

    /** Keeps templates as they are now, before they are changed in the same transaction. */
    public Uni<Void> keep(SqlConnection transaction, String tenant, UUID batchId, Collection<UUID> ids) {
        return ids.isEmpty()
                ? Uni.createFrom().voidItem()
                : query(transaction, KEEP, Tuple.of(tenant, batchId, TemplateRows.array(ids)))
                        .replaceWithVoid();
    }

    /** Operations that have backups, the latest first. */
    public Uni<List<Summary>> list(SqlClient client, String tenant, @Nullable UUID before, int most) {
        return query(client, LIST, Tuple.of(tenant, before, most)).map(rows -> {
            List<Summary> found = new ArrayList<>();
            rows.forEach(row -> found.add(new Summary(
                    row.getUUID("batch_id").toString(),
                    row.getLong("templates"),
                    row.getLong("restored"),
                    row.getOffsetDateTime("made_at").toInstant())));
            return found;
        });
    }

    /** The backups of an operation behind one, in the order of ids. */
    public Uni<List<Line>> of(SqlClient client, String tenant, UUID batchId, UUID after, int most) {
        return query(client, OF_BATCH, Tuple.of(tenant, batchId, after, most)).map(rows -> {
            List<Line> found = new ArrayList<>();
            rows.forEach(row -> found.add(new Line(
                    row.getUUID("template_id").toString(),
                    row.getString("name"),
                    row.getLong("version"),
                    row.getLong("new_version"),
                    row.getUUID("restored_by") != null)));
            return found;
        });
    }

    public Uni<Map<UUID, Kept>> kept(SqlClient client, String tenant, UUID batchId, Collection<UUID> ids) {
        return query(client, FOR_RESTORE, Tuple.of(tenant, batchId, TemplateRows.array(ids)))
                .map(rows -> {
                    Map<UUID, Kept> found = new HashMap<>();
                    rows.forEach(row -> found.put(
                            row.getUUID("template_id"),
                            new Kept(
                                    row.getUUID("template_id"),
                                    row.getLong("version"),
                                    row.getLong("new_version"),
                                    row.getUUID("parent_id"),
                                    row.getUUID("category_id"),
                                    row.getString("name"),
                                    row.getString("status"),
                                    row.getUUID("restored_by") != null)));
                    return found;
                });
    }

    /** Brings templates that are locked back, byte for byte; each has its next version. */
    public Uni<Void> restore(
            SqlConnection transaction, String tenant, UUID batchId, Collection<UUID> ids, String by, UUID restoredBy) {
        if (ids.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        UUID[] all = TemplateRows.array(ids);
        return query(transaction, RESTORE, Tuple.of(tenant, batchId, all, by))
                .chain(() -> query(transaction, DROP_TAGS, Tuple.of(tenant, all)))
                .chain(() -> query(transaction, RESTORE_TAGS, Tuple.of(tenant, batchId, all)))
                .chain(() -> query(transaction, MARK, Tuple.of(tenant, batchId, all, restoredBy)))
                .replaceWithVoid();
    }

    @Override
    public String name() {
        return "template-backups";
    }

    @Override
    public Uni<Integer> forget(Instant before, int most) {
        return query(pool, FORGET, Tuple.of(before.atOffset(ZoneOffset.UTC), most))
                .map(RowSet::rowCount);
    }

    private static Uni<RowSet<Row>> query(SqlClient client, String statement, Tuple parameters) {
        return client.preparedQuery(statement).execute(parameters);
    }
}
