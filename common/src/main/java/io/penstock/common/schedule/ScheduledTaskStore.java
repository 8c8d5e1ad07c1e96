package io.penstock.common.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.queue.StrictMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The table of schedules. Every replica reads it anew on each tick, so that a change is in force everywhere at once
 * and no code's idea of a schedule outlives it.
 *
 * <p>A change of timing sets {@code next_run} to null; the next tick plans the row, from the moment of the change.
 */
@ApplicationScoped
public class ScheduledTaskStore {

    private static final Duration LEFT_TO_OTHERS = Duration.ofSeconds(10);

    private static final String IN_FORCE = "t.is_active AND NOT t.suspended AND t.deleted_at IS NULL";

    private static final String COLUMNS =
            """
            t.id, t.name, t.description, t.cron_expression, t.time_zone, t.job_type, t.payload::text AS payload, t.queue,
            t.max_retries, t.timeout_ms, t.misfire_policy, t.overlap_policy, t.is_active, t.suspended, t.last_run,
            t.next_run, t.execution_count, t.failure_count, t.definition_error, t.declaration IS NOT NULL AS declared,
            t.overridden, CASE WHEN t.overridden THEN t.declaration::text END AS declaration_text, t.version, t.created_at,
            t.updated_at
            """;

    /** New declarations become rows. Rows whose declaration or suspension changed come back to be applied. */
    private static final String DECLARE =
            """
            INSERT INTO scheduled_task AS t (id, name, description, cron_expression, time_zone, job_type, payload, queue,
                max_retries, timeout_ms, misfire_policy, overlap_policy, suspended, declaration, created_at, updated_at)
            SELECT d ->> 'id', c ->> 'name', c ->> 'description', c ->> 'cronExpression', c ->> 'timeZone',
                c ->> 'jobType', c -> 'payload', c ->> 'queue', (c ->> 'maxRetries')::integer,
                (c ->> 'timeoutMs')::bigint, c ->> 'misfirePolicy', c ->> 'overlapPolicy',
                (d ->> 'suspended')::boolean, c, $2::timestamptz, $2::timestamptz
            FROM jsonb_array_elements($1::text::jsonb) AS d, jsonb_extract_path(d, 'declaration') AS c
            ORDER BY 1
            ON CONFLICT (id) DO UPDATE SET
                declaration = EXCLUDED.declaration,
                -- What an operator made under this id stays as the operator made it.
                overridden = t.overridden OR t.declaration IS NULL,
                suspended = EXCLUDED.suspended,
                next_run = CASE WHEN t.suspended <> EXCLUDED.suspended THEN NULL ELSE t.next_run END,
                version = t.version + 1,
                updated_at = $2::timestamptz
            WHERE (t.declaration, t.suspended) IS DISTINCT FROM (EXCLUDED.declaration, EXCLUDED.suspended)
            RETURNING t.id
            """;

    private static final String APPLY_DECLARATION =
            """
            UPDATE scheduled_task AS t SET
                name = t.declaration ->> 'name',
                description = t.declaration ->> 'description',
                cron_expression = t.declaration ->> 'cronExpression',
                time_zone = t.declaration ->> 'timeZone',
                job_type = t.declaration ->> 'jobType',
                payload = t.declaration -> 'payload',
                queue = t.declaration ->> 'queue',
                max_retries = (t.declaration ->> 'maxRetries')::integer,
                timeout_ms = (t.declaration ->> 'timeoutMs')::bigint,
                misfire_policy = t.declaration ->> 'misfirePolicy',
                overlap_policy = t.declaration ->> 'overlapPolicy',
                definition_error = NULL,
                next_run = CASE
                    WHEN (t.cron_expression, t.time_zone)
                        = (t.declaration ->> 'cronExpression', t.declaration ->> 'timeZone') THEN t.next_run
                    ELSE NULL END
            WHERE t.id = ANY ($1) AND NOT t.overridden AND t.declaration IS NOT NULL
            """;

    private static final String AGENDA =
            """
            SELECT
                EXISTS (SELECT FROM scheduled_task AS t
                    WHERE %1$s AND t.next_run IS NULL AND t.definition_error IS NULL) AS unplanned,
                EXISTS (SELECT FROM scheduled_task AS t WHERE %1$s AND t.next_run <= $1::timestamptz) AS due,
                EXISTS (SELECT FROM task_execution_log AS e
                    WHERE e.step IN ('claimed', 'held') AND e.attend_at <= $1::timestamptz) AS unattended
            """
                    .formatted(IN_FORCE);

    private static final String UNPLANNED = "SELECT " + COLUMNS + " FROM scheduled_task AS t WHERE " + IN_FORCE
            + """
                       AND t.next_run IS NULL AND t.definition_error IS NULL
                      ORDER BY t.updated_at LIMIT $1 FOR UPDATE SKIP LOCKED
                      """;

    private static final String DUE = "SELECT " + COLUMNS + " FROM scheduled_task AS t WHERE " + IN_FORCE
            + """
                       AND t.next_run <= $1::timestamptz
                       AND (t.job_type = ANY ($3::text[]) OR t.next_run <= $4::timestamptz)
                      ORDER BY t.next_run LIMIT $2 FOR UPDATE SKIP LOCKED
                      """;

    private static final String ADVANCE =
            """
            UPDATE scheduled_task AS t SET
                next_run = a.next_run,
                last_run = COALESCE(a.last_run, t.last_run),
                execution_count = t.execution_count + a.fired,
                definition_error = COALESCE(a.error, t.definition_error)
            FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::integer[], $5::text[])
                AS a (id, next_run, last_run, fired, error)
            WHERE t.id = a.id
            """;

    private static final String FIND =
            "SELECT " + COLUMNS + " FROM scheduled_task AS t WHERE t.id = $1 AND t.deleted_at IS NULL";

    private static final String LIST = "SELECT " + COLUMNS
            + " FROM scheduled_task AS t WHERE t.deleted_at IS NULL AND t.id > $1 ORDER BY t.id LIMIT $2";

    private static final String MARK_ERRORS =
            """
            UPDATE scheduled_task AS t SET definition_error = e.error
            FROM unnest($1::text[], $2::text[]) AS e (id, error)
            WHERE t.id = e.id AND t.definition_error IS DISTINCT FROM e.error
            RETURNING t.id
            """;

    private static final ObjectMapper EXACT = StrictMapper.exact(new ObjectMapper());

    private final Pool pool;

    public ScheduledTaskStore(Pool pool) {
        this.pool = pool;
    }

    /**
     * Brings the table up to date with what the code declares. What an operator changed, switched off or deleted stays
     * as it is. Schedules that are no longer declared stay too: during a roll-out two releases run side by side.
     *
     * @param suspended ids that the deployment's configuration switches off
     */
    public Uni<Void> declare(Collection<DeclaredSchedule> schedules, Set<String> suspended, Instant now) {
        JsonArray declarations = new JsonArray();
        for (DeclaredSchedule schedule : schedules) {
            declarations.add(new JsonObject()
                    .put("id", schedule.id())
                    .put("suspended", suspended.contains(schedule.id()))
                    .put("declaration", json(schedule.definition())));
        }
        return pool.withTransaction(connection -> connection
                .preparedQuery(DECLARE)
                .execute(Tuple.of(declarations.encode(), time(now)))
                .map(ScheduledTaskStore::ids)
                .chain(changed -> connection.preparedQuery(APPLY_DECLARATION).execute(Tuple.of(changed)))
                .replaceWithVoid());
    }

    /** Whether there is anything to do: what a tick asks first, and mostly all it asks. */
    public Uni<DueSummary> agenda(Instant now) {
        return pool.preparedQuery(AGENDA)
                .execute(Tuple.of(time(now)))
                .map(rows -> rows.iterator().next())
                .map(row -> new DueSummary(
                        row.getBoolean("unplanned"), row.getBoolean("due"), row.getBoolean("unattended")));
    }

    /** Locks schedules in force that have no next run yet, passing over those another replica holds. */
    public Uni<List<ScheduledTask>> lockUnplanned(SqlClient transaction, int limit) {
        return transaction.preparedQuery(UNPLANNED).execute(Tuple.of(limit)).map(ScheduledTaskStore::tasks);
    }

    /**
     * Locks schedules that are due, earliest first, passing over those another replica holds. One of a job type that is not among
     * {@code types} is left for a while to the scheduler of another application, which may know it.
     */
    public Uni<List<ScheduledTask>> lockDue(SqlClient transaction, Instant now, int limit, Collection<String> types) {
        return transaction
                .preparedQuery(DUE)
                .execute(Tuple.of(time(now), limit, types.toArray(String[]::new), time(now.minus(LEFT_TO_OTHERS))))
                .map(ScheduledTaskStore::tasks);
    }

    /** Moves locked schedules on. */
    public Uni<Void> advance(SqlClient transaction, List<NextRunUpdate> advances) {
        if (advances.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return transaction
                .preparedQuery(ADVANCE)
                .execute(Tuple.of(
                        advances.stream().map(NextRunUpdate::taskId).toArray(String[]::new),
                        advances.stream().map(a -> time(a.nextRun())).toArray(OffsetDateTime[]::new),
                        advances.stream().map(a -> time(a.lastRun())).toArray(OffsetDateTime[]::new),
                        advances.stream().map(NextRunUpdate::fired).toArray(Integer[]::new),
                        advances.stream().map(NextRunUpdate::error).toArray(String[]::new)))
                .replaceWithVoid();
    }

    /**
     * Notes why definitions cannot be used, or, with null, that they can again.
     *
     * @return the ids whose note changed
     */
    public Uni<List<String>> markErrors(Map<String, @Nullable String> errorById) {
        if (errorById.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        List<String> ids = List.copyOf(errorById.keySet());
        return pool.preparedQuery(MARK_ERRORS)
                .execute(Tuple.of(
                        ids.toArray(String[]::new),
                        ids.stream().map(errorById::get).toArray(String[]::new)))
                .map(ScheduledTaskStore::ids)
                .map(List::of);
    }

    public Uni<Optional<ScheduledTask>> find(String id) {
        return pool.preparedQuery(FIND).execute(Tuple.of(id)).map(rows -> tasks(rows).stream()
                .findFirst());
    }

    /** Fails with {@link UnknownTaskException}. */
    public Uni<ScheduledTask> required(String id) {
        return find(id).map(found -> found.orElseThrow(() -> new UnknownTaskException(id)));
    }

    /**
     * Schedules by id.
     *
     * @param after only those behind this id; empty: from the first
     */
    public Uni<List<ScheduledTask>> list(String after, int limit) {
        return pool.preparedQuery(LIST).execute(Tuple.of(after, limit)).map(ScheduledTaskStore::tasks);
    }

    static TaskDefinition definition(Row row) {
        Long timeoutMs = row.getLong("timeout_ms");
        return new TaskDefinition(
                row.getString("name"),
                row.getString("description"),
                row.getString("cron_expression"),
                row.getString("time_zone"),
                row.getString("job_type"),
                row.getString("payload"),
                row.getString("queue"),
                row.getInteger("max_retries"),
                timeoutMs == null ? null : Duration.ofMillis(timeoutMs),
                MisfirePolicy.ofCode(row.getString("misfire_policy")),
                OverlapPolicy.ofCode(row.getString("overlap_policy")));
    }

    /** What {@link #json} wrote. */
    private static @Nullable TaskDefinition declaration(@Nullable String text) {
        if (text == null) {
            return null;
        }
        JsonNode json;
        try {
            json = EXACT.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL keeps nothing but JSON in a column of it", e);
        }
        JsonNode retries = json.path("maxRetries");
        JsonNode timeout = json.path("timeoutMs");
        return new TaskDefinition(
                json.path("name").asText(),
                json.path("description").asText(),
                json.path("cronExpression").asText(),
                json.path("timeZone").asText(),
                json.path("jobType").asText(),
                json.path("payload").toString(),
                json.path("queue").textValue(),
                retries.isInt() ? retries.intValue() : null,
                timeout.isIntegralNumber() ? Duration.ofMillis(timeout.longValue()) : null,
                MisfirePolicy.ofCode(json.path("misfirePolicy").asText()),
                OverlapPolicy.ofCode(json.path("overlapPolicy").asText()));
    }

    static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    static @Nullable Instant instant(Row row, String column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }

    static Instant requiredInstant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    /** As declarations are stored, and as changes are handed to a statement. */
    static JsonObject json(TaskDefinition definition) {
        Duration timeout = definition.timeout();
        return new JsonObject()
                .put("name", definition.name())
                .put("description", definition.description())
                .put("cronExpression", definition.cronExpression())
                .put("timeZone", definition.timeZone())
                .put("jobType", definition.jobType())
                .put("payload", exact(definition.payload()))
                .put("queue", definition.queue())
                .put("maxRetries", definition.maxRetries())
                .put("timeoutMs", timeout == null ? null : timeout.toMillis())
                .put("misfirePolicy", definition.misfire().code())
                .put("overlapPolicy", definition.overlap().code());
    }

    /** Vert.x's own reader rounds numbers to what a double holds. */
    private static JsonObject exact(String json) {
        try {
            return new JsonObject(EXACT.readValue(json, new TypeReference<Map<String, Object>>() {}));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the payload is no JSON object", e);
        }
    }

    private static String[] ids(RowSet<Row> rows) {
        return rows.stream().map(row -> row.getString("id")).toArray(String[]::new);
    }

    private static List<ScheduledTask> tasks(RowSet<Row> rows) {
        return rows.stream().map(ScheduledTaskStore::task).toList();
    }

    private static ScheduledTask task(Row row) {
        return new ScheduledTask(
                row.getString("id"),
                definition(row),
                row.getBoolean("is_active"),
                row.getBoolean("suspended"),
                instant(row, "last_run"),
                instant(row, "next_run"),
                row.getLong("execution_count"),
                row.getLong("failure_count"),
                row.getString("definition_error"),
                row.getBoolean("declared"),
                row.getBoolean("overridden"),
                declaration(row.getString("declaration_text")),
                row.getLong("version"),
                requiredInstant(row, "created_at"),
                requiredInstant(row, "updated_at"));
    }
}
