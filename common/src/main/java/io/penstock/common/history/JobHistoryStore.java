package io.penstock.common.history;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.sqlclient.DatabaseException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the history, a batch in one statement together with the groups of its errors. Writing a batch again changes
 * nothing: rows are told apart by job, attempt, state and time of end, and only rows that are new are counted.
 */
@ApplicationScoped
public class JobHistoryStore {

    /** Version of the rows' meaning, for readers of a later day. */
    static final int FORMAT = 1;

    /** Characters of an error that its group shows. */
    static final int SAMPLE = 500;

    /** SQLSTATE check_violation; the table has no check of its own, so that it can only be the missing day. */
    private static final String NO_PARTITION = "23514";

    /** Cannot be in a tag: control characters are refused at the door. */
    private static final String BETWEEN_TAGS = "\u001f";

    /** Groups are locked in their order, so that workers wait for each other and never deadlock. */
    private static final String APPEND =
            """
            WITH inserted AS (
                INSERT INTO job_history (job_id, queue, type, state, attempt, max_attempts, stalls, priority, tenant, tags,
                    enqueued_at, started_at, ended_at, wait_ms, run_ms, worker, fingerprint, error, result, payload,
                    shortened, format, failure_kind, job_group)
                SELECT r.job_id, r.queue, r.type, r.state, r.attempt, r.max_attempts, r.stalls, r.priority, r.tenant,
                    string_to_array(r.tags, chr(31)), r.enqueued_at, r.started_at, r.ended_at, r.wait_ms, r.run_ms,
                    r.worker, r.fingerprint, r.error, r.result::jsonb, r.payload::jsonb, r.shortened, $22::smallint,
                    r.failure_kind, r.job_group
                FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::integer[], $7::integer[],
                    $8::integer[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[],
                    $14::bigint[], $15::bigint[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
                    $21::boolean[], $24::text[], $25::text[])
                    AS r(job_id, queue, type, state, attempt, max_attempts, stalls, priority, tenant, tags, enqueued_at,
                        started_at, ended_at, wait_ms, run_ms, worker, fingerprint, error, result, payload, shortened,
                        failure_kind, job_group)
                ON CONFLICT DO NOTHING
                RETURNING fingerprint, type, ended_at, error
            ), grouped AS (
                INSERT INTO job_error_group AS g (fingerprint, type, sample, first_seen, last_seen, count)
                SELECT fingerprint, type, (array_agg(left(error, $23::integer) ORDER BY ended_at DESC))[1], min(ended_at),
                    max(ended_at), count(*)
                FROM inserted WHERE fingerprint IS NOT NULL
                GROUP BY fingerprint, type
                ORDER BY fingerprint, type
                ON CONFLICT (fingerprint, type) DO UPDATE SET
                    sample = CASE WHEN EXCLUDED.last_seen >= g.last_seen THEN EXCLUDED.sample ELSE g.sample END,
                    first_seen = least(g.first_seen, EXCLUDED.first_seen),
                    last_seen = greatest(g.last_seen, EXCLUDED.last_seen),
                    count = g.count + EXCLUDED.count
            )
            SELECT count(*) FROM inserted""";

    /** The bounds on the end let PostgreSQL leave days out as it runs. */
    private static final String MISSING =
            """
            WITH ends AS (
                SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY
                    AS e (job_id, state, enqueued_at, ended_at, number)
            )
            SELECT e.number FROM ends AS e
            WHERE NOT EXISTS (
                SELECT 1 FROM job_history AS h
                WHERE h.job_id = e.job_id AND h.state = e.state AND h.enqueued_at = e.enqueued_at
                    AND h.ended_at >= e.ended_at - interval '10 minutes'
                    AND h.ended_at <= e.ended_at + interval '10 minutes')
            ORDER BY e.number""";

    private final Pool pool;
    private final HistoryPartitions partitions;
    private final Duration deadline;

    @Inject
    public JobHistoryStore(Pool pool, HistoryPartitions partitions, HistoryConfig config) {
        this(pool, partitions, config.writeDeadline());
    }

    /** @param deadline for one statement */
    public JobHistoryStore(Pool pool, HistoryPartitions partitions, Duration deadline) {
        this.pool = pool;
        this.partitions = partitions;
        this.deadline = deadline;
    }

    /**
     * Adds rows; a day that has no partition yet gets one. Fails with the database's own exception, and then none of the
     * rows is known to be stored.
     *
     * @return how many were new
     */
    public Uni<Integer> append(List<HistoryRow> rows) {
        if (rows.isEmpty()) {
            return Uni.createFrom().item(0);
        }
        Tuple batch = tuple(rows);
        return insert(batch)
                .onFailure(JobHistoryStore::isWithoutPartition)
                .recoverWithUni(() -> partitions.ensure(daysOf(rows)).chain(() -> insert(batch)));
    }

    /**
     * Those rows of ends that the table has no row of: none of the same job, state and time of acceptance about that time.
     * For rows that are made of what others know of an end; their times differ a little from those of the worker's own.
     */
    public Uni<List<HistoryRow>> missing(List<HistoryRow> rows) {
        if (rows.isEmpty()) {
            return Uni.createFrom().item(rows);
        }
        return pool.preparedQuery(MISSING)
                .execute(Tuple.of(
                        texts(rows, HistoryRow::jobId),
                        texts(rows, HistoryRow::state),
                        times(rows, HistoryRow::enqueuedAt),
                        times(rows, HistoryRow::endedAt)))
                .ifNoItem()
                .after(deadline)
                .fail()
                .map(found -> found.stream()
                        .map(row -> rows.get(row.getLong("number").intValue() - 1))
                        .toList());
    }

    /** For one statement. */
    public Duration deadline() {
        return deadline;
    }

    private Uni<Integer> insert(Tuple batch) {
        return pool.preparedQuery(APPEND)
                .execute(batch)
                .map(answer -> answer.iterator().next().getLong(0).intValue())
                .ifNoItem()
                .after(deadline)
                .fail();
    }

    private static boolean isWithoutPartition(Throwable failure) {
        return failure instanceof DatabaseException e && NO_PARTITION.equals(e.getSqlState());
    }

    private static Set<LocalDate> daysOf(List<HistoryRow> rows) {
        return rows.stream().map(row -> HistoryPartitions.dayOf(row.endedAt())).collect(Collectors.toSet());
    }

    private static Tuple tuple(List<HistoryRow> rows) {
        return Tuple.from(List.<Object>of(
                texts(rows, HistoryRow::jobId),
                texts(rows, HistoryRow::queue),
                texts(rows, HistoryRow::type),
                texts(rows, HistoryRow::state),
                numbers(rows, HistoryRow::attempt),
                numbers(rows, HistoryRow::maxAttempts),
                numbers(rows, HistoryRow::stalls),
                numbers(rows, HistoryRow::priority),
                texts(rows, HistoryRow::tenant),
                texts(rows, row -> row.tags().isEmpty() ? null : String.join(BETWEEN_TAGS, row.tags())),
                times(rows, HistoryRow::enqueuedAt),
                times(rows, HistoryRow::startedAt),
                times(rows, HistoryRow::endedAt),
                rows.stream().map(HistoryRow::waitMs).toArray(Long[]::new),
                rows.stream().map(HistoryRow::runMs).toArray(Long[]::new),
                texts(rows, HistoryRow::worker),
                texts(rows, row -> row.error() == null ? null : ErrorFingerprint.of(row.error())),
                texts(rows, HistoryRow::error),
                texts(rows, HistoryRow::result),
                texts(rows, HistoryRow::payload),
                rows.stream().map(HistoryRow::shortened).toArray(Boolean[]::new),
                (short) FORMAT,
                SAMPLE,
                texts(
                        rows,
                        row -> row.failureKind() == null
                                ? null
                                : row.failureKind().wire()),
                texts(rows, HistoryRow::group)));
    }

    private static @Nullable String[] texts(List<HistoryRow> rows, Function<HistoryRow, @Nullable String> column) {
        return rows.stream().map(column).toArray(String[]::new);
    }

    private static Integer[] numbers(List<HistoryRow> rows, Function<HistoryRow, Integer> column) {
        return rows.stream().map(column).toArray(Integer[]::new);
    }

    private static @Nullable OffsetDateTime[] times(
            List<HistoryRow> rows, Function<HistoryRow, @Nullable Instant> column) {
        return rows.stream()
                .map(column)
                .map(time -> time == null ? null : time.atOffset(ZoneOffset.UTC))
                .toArray(OffsetDateTime[]::new);
    }
}
