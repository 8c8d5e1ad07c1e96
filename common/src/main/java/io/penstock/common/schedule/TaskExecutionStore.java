package io.penstock.common.schedule;

import static io.penstock.common.schedule.ScheduledTaskStore.instant;
import static io.penstock.common.schedule.ScheduledTaskStore.requiredInstant;
import static io.penstock.common.schedule.ScheduledTaskStore.time;

import io.smallrye.mutiny.Uni;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The log of instants, and the arbiter over them: a row per schedule and instant, and whoever inserts it fires.
 *
 * <p>A row is <em>claimed</em> when an instant is taken, <em>enqueued</em> once the queue has its job, and
 * <em>ended</em> when nothing is left to do. A claimed row that is not attended to for a while was left behind by a
 * scheduler that died; another takes it over.
 */
@ApplicationScoped
public class TaskExecutionStore {

    /** A row that was claimed for us. */
    public record Claim(long executionId, String taskId, Instant scheduledFor) {}

    /** A row nobody attends to; empty when its schedule is gone. */
    public record Abandoned(long executionId, Optional<ClaimedFire> fire) {}

    /** Where the job of an instant is: it was accepted there, now or earlier. */
    public record Enqueuement(long executionId, String jobId, String queue) {}

    /**
     * An earlier run that may be going on.
     *
     * @param jobId null when its job is not enqueued yet
     * @param queue where its job is; null when that is not known
     * @param held how many runs wait for their predecessor before this one
     */
    public record PreviousRun(@Nullable String jobId, @Nullable String queue, long held) {}

    /**
     * A run whose job was enqueued.
     *
     * @param queue where its job is; null when that is not known
     */
    public record Followed(
            long executionId, String taskId, String jobId, @Nullable String queue, Instant scheduledFor) {}

    /**
     * How often in a row the runs of a schedule have failed now.
     *
     * @param inRow 0: the latest run has completed
     * @param lastError of the latest failure known; null: none is known
     */
    public record FailureStreak(String taskId, int inRow, @Nullable String lastError) {}

    /** What is to be written on a row. */
    public record Note(long executionId, String text) {}

    private static final String CLAIM =
            """
            INSERT INTO task_execution_log
                (task_id, scheduled_for, trigger, status, step, attend_at, start_time, end_time, missed)
            SELECT f.task_id, f.scheduled_for, f.trigger,
                CASE WHEN f.skipped THEN 'skipped' ELSE 'running' END,
                CASE WHEN f.skipped THEN 'ended' ELSE 'claimed' END,
                $7::timestamptz, $6::timestamptz, CASE WHEN f.skipped THEN $6::timestamptz END, f.missed
            FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::boolean[], $5::integer[])
                AS f (task_id, scheduled_for, trigger, skipped, missed)
            ORDER BY f.task_id, f.scheduled_for
            ON CONFLICT (task_id, scheduled_for) DO NOTHING
            RETURNING id, task_id, scheduled_for, step
            """;

    private static final String TAKE_OVER =
            """
            WITH left_behind AS (
                SELECT e.id FROM task_execution_log AS e
                WHERE e.step IN ('claimed', 'held') AND e.attend_at <= $1::timestamptz
                ORDER BY e.attend_at LIMIT $3 FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE task_execution_log AS e SET attend_at = $2::timestamptz
                FROM left_behind WHERE e.id = left_behind.id
                RETURNING e.id AS execution_id, e.task_id, e.scheduled_for, e.trigger
            )
            SELECT taken.execution_id, taken.task_id, taken.scheduled_for, taken.trigger, t.id, t.name, t.description,
                t.cron_expression, t.time_zone, t.job_type, t.payload::text AS payload, t.queue, t.max_retries,
                t.timeout_ms, t.misfire_policy, t.overlap_policy, t.definition_error IS NOT NULL AS marked
            FROM taken LEFT JOIN scheduled_task AS t ON t.id = taken.task_id
            ORDER BY taken.scheduled_for
            """;

    private static final String ENQUEUED =
            """
            UPDATE task_execution_log AS e SET step = 'enqueued', job_id = n.job_id, queue = n.queue,
                start_time = $3::timestamptz, attend_at = $3::timestamptz + interval '1 second',
                lateness_ms = GREATEST(0, (extract(epoch FROM $3::timestamptz - e.scheduled_for) * 1000)::bigint)
            FROM unnest($1::bigint[], $2::text[], $4::text[]) AS n (id, job_id, queue)
            WHERE e.id = n.id AND e.step IN ('claimed', 'held')
            """;

    private static final String HELD =
            """
            UPDATE task_execution_log SET step = 'held', attend_at = $2::timestamptz + interval '1 second'
            WHERE id = ANY ($1) AND step IN ('claimed', 'held')
            """;

    private static final String SKIPPED =
            """
            UPDATE task_execution_log AS e SET status = 'skipped', step = 'ended', end_time = $3::timestamptz, error = n.reason
            FROM unnest($1::bigint[], $2::text[]) AS n (id, reason)
            WHERE e.id = n.id AND e.step IN ('claimed', 'held')
            """;

    private static final String FAILED =
            """
            WITH failed AS (
                UPDATE task_execution_log AS e SET status = 'failed', step = 'ended', end_time = $3::timestamptz, error = n.reason
                FROM unnest($1::bigint[], $2::text[]) AS n (id, reason)
                WHERE e.id = n.id AND e.step IN ('claimed', 'held')
                RETURNING e.task_id, e.status, e.scheduled_for, e.error
            )
            """
                    + countFailures("failed");

    private static final String PREVIOUS_RUNS =
            """
            SELECT f.id, p.job_id, p.queue,
                (SELECT count(*) FROM task_execution_log AS h
                 WHERE h.task_id = f.task_id AND h.step = 'held' AND h.scheduled_for < f.scheduled_for) AS held
            FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS f (id, task_id, scheduled_for)
            CROSS JOIN LATERAL (
                SELECT e.job_id, e.queue FROM task_execution_log AS e
                WHERE e.task_id = f.task_id AND e.step <> 'ended' AND e.scheduled_for < f.scheduled_for
                ORDER BY e.scheduled_for DESC LIMIT 1) AS p
            """;

    /** The longer a job runs, the more rarely it is looked at: after half its age, within a second and a minute. */
    private static final String FOLLOW =
            """
            WITH due AS (
                SELECT e.id FROM task_execution_log AS e
                WHERE e.step = 'enqueued' AND e.attend_at <= $1::timestamptz
                ORDER BY e.attend_at LIMIT $2 FOR UPDATE SKIP LOCKED
            )
            UPDATE task_execution_log AS e SET attend_at = $1::timestamptz
                + LEAST(GREATEST(($1::timestamptz - e.start_time) / 2, interval '1 second'), interval '1 minute')
            FROM due WHERE e.id = due.id
            RETURNING e.id, e.task_id, e.job_id, e.queue, e.scheduled_for
            """;

    private static final String END =
            """
            WITH ended AS (
                UPDATE task_execution_log AS e SET step = 'ended', status = n.status, result = n.result, error = n.error,
                    start_time = COALESCE(n.started_at, e.start_time), end_time = n.ended_at,
                    execution_time = GREATEST(0,
                        (extract(epoch FROM n.ended_at - COALESCE(n.started_at, e.start_time)) * 1000)::bigint)
                FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[])
                    AS n (id, status, started_at, ended_at, result, error)
                WHERE e.id = n.id AND e.step = 'enqueued'
                RETURNING e.task_id, e.status, e.scheduled_for, e.error
            )
            """
                    + countFailures("ended");

    private static final String OF_TASK =
            """
            SELECT id, task_id, scheduled_for, start_time, end_time, status, result, error, execution_time, trigger,
                job_id, lateness_ms, missed
            FROM task_execution_log WHERE task_id = $1 AND scheduled_for < $2::timestamptz
            ORDER BY scheduled_for DESC LIMIT $3
            """;

    private static final String FORGET =
            """
            DELETE FROM task_execution_log WHERE id IN (
                SELECT id FROM task_execution_log WHERE scheduled_for < $1::timestamptz ORDER BY scheduled_for LIMIT $2)
            """;

    /**
     * Goes on from the rows that ended in this statement to their schedules: failures in all, and in a row, by the order
     * of the instants. Schedules that have nothing but good runs are not touched.
     */
    private static String countFailures(String rows) {
        return """
                , last_good AS (
                    SELECT task_id, max(scheduled_for) AS instant FROM %1$s WHERE status = 'completed' GROUP BY task_id
                ), tally AS (
                    SELECT r.task_id, g.instant IS NOT NULL AS some_good,
                        count(*) FILTER (WHERE r.status <> 'completed') AS failures,
                        count(*) FILTER (WHERE r.status <> 'completed'
                            AND (g.instant IS NULL OR r.scheduled_for > g.instant)) AS since_good,
                        (array_agg(r.error ORDER BY r.scheduled_for DESC)
                            FILTER (WHERE r.status <> 'completed'))[1] AS last_error
                    FROM %1$s AS r LEFT JOIN last_good AS g USING (task_id)
                    GROUP BY r.task_id, g.instant
                )
                UPDATE scheduled_task AS t SET
                    failure_count = t.failure_count + f.failures,
                    failures_in_row = f.since_good + CASE WHEN f.some_good THEN 0 ELSE t.failures_in_row END
                FROM tally AS f
                WHERE t.id = f.task_id AND (f.failures > 0 OR t.failures_in_row > 0)
                RETURNING t.id, t.failures_in_row, f.last_error
                """
                .formatted(rows);
    }

    private final Pool pool;

    public TaskExecutionStore(Pool pool) {
        this.pool = pool;
    }

    /**
     * Inserts a row for each instant that has none. Part of the transaction that moves the schedules on, so that an
     * instant is either due or claimed, never neither.
     *
     * @param lease how long they are ours before another scheduler takes them over
     * @return the claimed ones that are to be enqueued; skipped ones and those another replica has are left out
     */
    public Uni<List<Claim>> claim(SqlClient transaction, List<Fire> fires, Instant now, Duration lease) {
        if (fires.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return transaction
                .preparedQuery(CLAIM)
                .execute(Tuple.from(List.<Object>of(
                        fires.stream().map(Fire::taskId).toArray(String[]::new),
                        fires.stream().map(fire -> time(fire.scheduledFor())).toArray(OffsetDateTime[]::new),
                        fires.stream().map(fire -> fire.trigger().code()).toArray(String[]::new),
                        fires.stream().map(Fire::skipped).toArray(Boolean[]::new),
                        fires.stream().map(Fire::missed).toArray(Integer[]::new),
                        now.atOffset(ZoneOffset.UTC),
                        now.plus(lease).atOffset(ZoneOffset.UTC))))
                .map(rows -> rows.stream()
                        .filter(row -> row.getString("step").equals("claimed"))
                        .map(row -> new Claim(
                                row.getLong("id"), row.getString("task_id"), requiredInstant(row, "scheduled_for")))
                        .toList());
    }

    /**
     * Takes rows whose time of attention has come: claimed ones that were left behind, held ones, and manual runs. They
     * are ours for {@code lease}.
     */
    public Uni<List<Abandoned>> takeOver(Instant now, Duration lease, int limit) {
        return pool.preparedQuery(TAKE_OVER)
                .execute(Tuple.of(time(now), time(now.plus(lease)), limit))
                .map(rows -> rows.stream().map(TaskExecutionStore::abandoned).toList());
    }

    /** Notes where the jobs of these rows are. */
    public Uni<Void> markEnqueued(Collection<Enqueuement> jobs, Instant now) {
        return jobs.isEmpty()
                ? Uni.createFrom().voidItem()
                : pool.preparedQuery(ENQUEUED)
                        .execute(Tuple.of(
                                jobs.stream().map(Enqueuement::executionId).toArray(Long[]::new),
                                jobs.stream().map(Enqueuement::jobId).toArray(String[]::new),
                                time(now),
                                jobs.stream().map(Enqueuement::queue).toArray(String[]::new)))
                        .replaceWithVoid();
    }

    /** Ends rows without a job: the overlap policy says so. */
    public Uni<Void> markSkipped(List<Note> reasons, Instant now) {
        return noted(SKIPPED, reasons, now);
    }

    /** Ends rows whose job cannot be enqueued as it is defined. Returns what that makes of the schedules. */
    public Uni<List<FailureStreak>> markFailed(List<Note> reasons, Instant now) {
        return reasons.isEmpty()
                ? Uni.createFrom().item(List.of())
                : pool.preparedQuery(FAILED).execute(notes(reasons, now)).map(TaskExecutionStore::streaks);
    }

    /** Leaves rows for later, until their previous run has ended. */
    public Uni<Void> hold(List<Long> executionIds, Instant now) {
        return executionIds.isEmpty()
                ? Uni.createFrom().voidItem()
                : pool.preparedQuery(HELD)
                        .execute(Tuple.of(executionIds.toArray(Long[]::new), time(now)))
                        .replaceWithVoid();
    }

    /** The latest earlier run of the same schedule that is not known to have ended, by execution id of the fire. */
    public Uni<Map<Long, PreviousRun>> previousRuns(List<ClaimedFire> fires) {
        if (fires.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        return pool.preparedQuery(PREVIOUS_RUNS)
                .execute(Tuple.of(
                        fires.stream().map(ClaimedFire::executionId).toArray(Long[]::new),
                        fires.stream().map(ClaimedFire::taskId).toArray(String[]::new),
                        fires.stream().map(fire -> time(fire.scheduledFor())).toArray(OffsetDateTime[]::new)))
                .map(rows -> {
                    Map<Long, PreviousRun> previous = new HashMap<>();
                    for (Row row : rows) {
                        previous.put(
                                row.getLong("id"),
                                new PreviousRun(row.getString("job_id"), row.getString("queue"), row.getLong("held")));
                    }
                    return previous;
                });
    }

    /** Runs whose job is to be looked at now; each is put off, so that no other scheduler looks at the same time. */
    public Uni<List<Followed>> follow(Instant now, int limit) {
        return pool.preparedQuery(FOLLOW).execute(Tuple.of(time(now), limit)).map(rows -> rows.stream()
                .map(row -> new Followed(
                        row.getLong("id"),
                        row.getString("task_id"),
                        row.getString("job_id"),
                        row.getString("queue"),
                        requiredInstant(row, "scheduled_for")))
                .toList());
    }

    /** Writes how jobs ended. Returns the schedules whose streak of failures grew or ended. */
    public Uni<List<FailureStreak>> end(List<RunOutcome> ends) {
        if (ends.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return pool.preparedQuery(END)
                .execute(Tuple.of(
                        ends.stream().map(RunOutcome::executionId).toArray(Long[]::new),
                        ends.stream().map(end -> end.status().code()).toArray(String[]::new),
                        ends.stream().map(end -> time(end.startedAt())).toArray(OffsetDateTime[]::new),
                        ends.stream().map(end -> time(end.endedAt())).toArray(OffsetDateTime[]::new),
                        ends.stream().map(end -> storable(end.result())).toArray(String[]::new),
                        ends.stream().map(end -> storable(end.error())).toArray(String[]::new)))
                .map(TaskExecutionStore::streaks);
    }

    /** The log of one schedule, latest first, of instants before {@code before}. */
    public Uni<List<TaskExecution>> ofTask(String taskId, Instant before, int limit) {
        return pool.preparedQuery(OF_TASK)
                .execute(Tuple.of(taskId, time(before), limit))
                .map(rows -> rows.stream().map(TaskExecutionStore::execution).toList());
    }

    /**
     * Drops rows of instants before {@code horizon}.
     *
     * @return how many went; {@code limit} where more may be left
     */
    public Uni<Integer> forget(Instant horizon, int limit) {
        return pool.preparedQuery(FORGET)
                .execute(Tuple.of(time(horizon), limit))
                .map(rows -> rows.rowCount());
    }

    /** PostgreSQL's text holds no NUL. */
    private static @Nullable String storable(@Nullable String text) {
        return text == null ? null : text.replace('\0', ' ');
    }

    private Uni<Void> noted(String statement, List<Note> notes, Instant now) {
        return notes.isEmpty()
                ? Uni.createFrom().voidItem()
                : pool.preparedQuery(statement).execute(notes(notes, now)).replaceWithVoid();
    }

    private static Tuple notes(List<Note> notes, Instant now) {
        return Tuple.of(
                notes.stream().map(Note::executionId).toArray(Long[]::new),
                notes.stream().map(note -> storable(note.text())).toArray(String[]::new),
                time(now));
    }

    private static List<FailureStreak> streaks(RowSet<Row> rows) {
        return rows.stream()
                .map(row -> new FailureStreak(
                        row.getString("id"), row.getInteger("failures_in_row"), row.getString("last_error")))
                .toList();
    }

    private static TaskExecution execution(Row row) {
        return new TaskExecution(
                row.getLong("id"),
                row.getString("task_id"),
                requiredInstant(row, "scheduled_for"),
                instant(row, "start_time"),
                instant(row, "end_time"),
                row.getString("status"),
                row.getString("result"),
                row.getString("error"),
                row.getLong("execution_time"),
                row.getString("trigger"),
                row.getString("job_id"),
                row.getLong("lateness_ms"),
                row.getInteger("missed"));
    }

    private static Abandoned abandoned(Row row) {
        long executionId = row.getLong("execution_id");
        if (row.getString("id") == null) {
            return new Abandoned(executionId, Optional.empty());
        }
        return new Abandoned(
                executionId,
                Optional.of(new ClaimedFire(
                        executionId,
                        row.getString("task_id"),
                        requiredInstant(row, "scheduled_for"),
                        FireTrigger.ofCode(row.getString("trigger")),
                        ScheduledTaskStore.definition(row),
                        row.getBoolean("marked"))));
    }
}
