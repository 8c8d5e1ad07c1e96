package io.penstock.common.schedule;

import io.penstock.common.queue.IdempotencyKey;
import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What operators do to schedules. A change is one statement, in force in every replica with its next tick, and kept
 * through releases: changed schedules of the code become overrides, deleted ones leave a mark.
 *
 * <p>Whoever calls has checked the definition.
 */
@ApplicationScoped
public class ScheduleChanges {

    /**
     * A manual run: its row in the log and the id its job will have.
     *
     * @param added false: a call with the same idempotency key had started it before
     */
    @RegisterForReflection
    public record ManualRun(long executionId, String jobId, boolean added) {}

    /** One definition as a row of columns. */
    private static final String DEFINITION =
            """
            jsonb_to_record($1::text::jsonb) AS d (id text, name text, description text, "cronExpression" text,
                "timeZone" text, "jobType" text, payload jsonb, queue text, "maxRetries" integer, "timeoutMs" bigint,
                "misfirePolicy" text, "overlapPolicy" text)
            """;

    private static final String CREATE =
            """
            INSERT INTO scheduled_task (id, name, description, cron_expression, time_zone, job_type, payload, queue,
                max_retries, timeout_ms, misfire_policy, overlap_policy, is_active, created_at, updated_at)
            SELECT d.id, d.name, d.description, d."cronExpression", d."timeZone", d."jobType", d.payload, d.queue,
                d."maxRetries", d."timeoutMs", d."misfirePolicy", d."overlapPolicy", $2, clock_timestamp(), clock_timestamp()
            FROM %s
            ON CONFLICT (id) DO NOTHING
            RETURNING id
            """
                    .formatted(DEFINITION);

    private static final String EDIT =
            """
            UPDATE scheduled_task AS t SET
                name = d.name, description = d.description, cron_expression = d."cronExpression",
                time_zone = d."timeZone", job_type = d."jobType", payload = d.payload, queue = d.queue,
                max_retries = d."maxRetries", timeout_ms = d."timeoutMs", misfire_policy = d."misfirePolicy",
                overlap_policy = d."overlapPolicy", overridden = t.declaration IS NOT NULL,
                definition_error = NULL,
                next_run = CASE WHEN (t.cron_expression, t.time_zone) = (d."cronExpression", d."timeZone")
                    THEN t.next_run END,
                version = t.version + 1, updated_at = clock_timestamp()
            FROM %s
            WHERE t.id = d.id AND t.deleted_at IS NULL AND ($2::bigint IS NULL OR t.version = $2)
            RETURNING t.id
            """
                    .formatted(DEFINITION);

    /** Instants that pass while a schedule is off are not made up for. */
    private static final String TOGGLE =
            """
            UPDATE scheduled_task SET is_active = $2, next_run = NULL, definition_error = NULL,
                version = version + 1, updated_at = clock_timestamp()
            WHERE id = $1 AND deleted_at IS NULL AND is_active <> $2
            """;

    private static final String DELETE =
            """
            WITH gone AS (
                DELETE FROM scheduled_task WHERE id = $1 AND declaration IS NULL RETURNING id
            ), marked AS (
                UPDATE scheduled_task SET deleted_at = clock_timestamp(), next_run = NULL, version = version + 1,
                    updated_at = clock_timestamp()
                WHERE id = $1 AND declaration IS NOT NULL AND deleted_at IS NULL RETURNING id
            )
            SELECT id, false AS declared FROM gone UNION ALL SELECT id, true FROM marked
            """;

    private static final String RESET =
            """
            UPDATE scheduled_task AS t SET
                name = d.name, description = d.description, cron_expression = d."cronExpression",
                time_zone = d."timeZone", job_type = d."jobType", payload = d.payload, queue = d.queue,
                max_retries = d."maxRetries", timeout_ms = d."timeoutMs", misfire_policy = d."misfirePolicy",
                overlap_policy = d."overlapPolicy", overridden = false, is_active = true, deleted_at = NULL,
                definition_error = NULL, next_run = NULL, version = t.version + 1, updated_at = clock_timestamp()
            FROM (SELECT s.id AS task_id, d.* FROM scheduled_task AS s, jsonb_to_record(s.declaration) AS d (name text,
                description text, "cronExpression" text, "timeZone" text, "jobType" text, payload jsonb, queue text,
                "maxRetries" integer, "timeoutMs" bigint, "misfirePolicy" text, "overlapPolicy" text)
                WHERE s.id = $1 AND s.declaration IS NOT NULL) AS d
            WHERE t.id = d.task_id
            RETURNING t.id
            """;

    private static final String RUN_NOW =
            """
            WITH run AS (
                INSERT INTO task_execution_log (task_id, scheduled_for, trigger, status, step, attend_at, start_time,
                    idempotency_key)
                SELECT t.id, now.at, 'manual', 'running', 'claimed', now.at, now.at, $2
                FROM scheduled_task AS t, (SELECT clock_timestamp() AS at) AS now
                WHERE t.id = $1 AND t.deleted_at IS NULL
                ON CONFLICT (idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
                RETURNING id, task_id, start_time
            ), counted AS (
                UPDATE scheduled_task AS t SET execution_count = t.execution_count + 1, last_run = run.start_time
                FROM run WHERE t.id = run.task_id
            )
            SELECT id FROM run
            """;

    private static final String RUN_OF_KEY = "SELECT id, task_id FROM task_execution_log WHERE idempotency_key = $1";

    private final Pool pool;
    private final ScheduledTaskStore tasks;

    public ScheduleChanges(Pool pool, ScheduledTaskStore tasks) {
        this.pool = pool;
        this.tasks = tasks;
    }

    /** Fails with {@link TaskConflictException} where the id is taken, by a deleted schedule of the code too. */
    public Uni<ScheduledTask> create(String id, TaskDefinition definition, boolean active) {
        return pool.preparedQuery(CREATE)
                .execute(Tuple.of(json(id, definition), active))
                .invoke(rows -> {
                    if (isEmpty(rows)) {
                        throw new TaskConflictException("the id '" + id + "' is taken");
                    }
                })
                .chain(() -> tasks.required(id));
    }

    /**
     * Replaces a definition.
     *
     * @param version what the caller has seen; null: whatever there is
     */
    public Uni<ScheduledTask> edit(String id, TaskDefinition definition, @Nullable Long version) {
        return pool.preparedQuery(EDIT)
                .execute(Tuple.of(json(id, definition), version))
                .map(ScheduleChanges::isEmpty)
                .chain(unchanged -> tasks.required(id).invoke(task -> {
                    if (unchanged) {
                        throw new TaskConflictException(
                                "schedule '" + id + "' was changed meanwhile; its version is now " + task.version());
                    }
                }));
    }

    /** Switches on or off; doing it twice is the same as once. */
    public Uni<ScheduledTask> toggle(String id, boolean active) {
        return pool.preparedQuery(TOGGLE).execute(Tuple.of(id, active)).chain(() -> tasks.required(id));
    }

    /**
     * Deletes it, for good unless the code declares it.
     *
     * @return whether {@link #reset} can bring it back
     */
    public Uni<Boolean> delete(String id) {
        return pool.preparedQuery(DELETE)
                .execute(Tuple.of(id))
                .invoke(rows -> requireFound(rows, id))
                .map(rows -> rows.iterator().next().getBoolean("declared"));
    }

    /** Back to what the code declares: definition, switch, existence. Fails for schedules that are not of the code. */
    public Uni<ScheduledTask> reset(String id) {
        return pool.preparedQuery(RESET)
                .execute(Tuple.of(id))
                .map(ScheduleChanges::isEmpty)
                .chain(unchanged -> tasks.required(id).invoke(task -> {
                    if (unchanged) {
                        throw new TaskConflictException("schedule '" + id + "' is not declared by the code");
                    }
                }));
    }

    /**
     * Claims a run for now, on or off; the next tick enqueues its job.
     *
     * @param key makes the call safe to repeat, for as long as the run is in the log. Fails with {@link
     *     IdempotencyKeyReusedException} where it started a run of another schedule
     */
    public Uni<ManualRun> runNow(String id, Optional<IdempotencyKey> key) {
        String digest = key.map(IdempotencyKey::digest).orElse(null);
        return pool.preparedQuery(RUN_NOW).execute(Tuple.of(id, digest)).chain(rows -> {
            if (!isEmpty(rows)) {
                return Uni.createFrom().item(manualRun(id, rows, true));
            }
            return digest == null ? Uni.createFrom().failure(new UnknownTaskException(id)) : runOfKey(id, digest);
        });
    }

    /** What the first call with a key started. */
    private Uni<ManualRun> runOfKey(String id, String digest) {
        return pool.preparedQuery(RUN_OF_KEY).execute(Tuple.of(digest)).map(rows -> {
            requireFound(rows, id);
            if (!rows.iterator().next().getString("task_id").equals(id)) {
                throw new IdempotencyKeyReusedException();
            }
            return manualRun(id, rows, false);
        });
    }

    private static ManualRun manualRun(String id, RowSet<Row> rows, boolean added) {
        long executionId = rows.iterator().next().getLong("id");
        return new ManualRun(executionId, ClaimedFire.manualJobId(id, executionId), added);
    }

    private static String json(String id, TaskDefinition definition) {
        return ScheduledTaskStore.json(definition).put("id", id).encode();
    }

    private static boolean isEmpty(RowSet<Row> rows) {
        return rows.rowCount() == 0;
    }

    private static void requireFound(RowSet<Row> rows, String id) {
        if (isEmpty(rows)) {
            throw new UnknownTaskException(id);
        }
    }
}
