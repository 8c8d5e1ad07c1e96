package io.penstock.common.outbox;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows that wait for a relay.
 *
 * <p>Who may take a row: one without an ordering key, whoever locks it first ({@code SKIP LOCKED}); one with a key, the
 * relay that holds the lock of the key's lane. A relay asks for lanes in one statement and for their rows in the next,
 * which sees everything that the lane's former holder committed; it takes the oldest rows first. So the rows of a key
 * leave in the order of their numbers, as far as they can be seen.
 */
@ApplicationScoped
public class OutboxTable {

    /** The format that this version writes, and the newest it reads. */
    static final int FORMAT = 1;

    /** First key of every advisory lock of the outbox; the second is a lane (0 to 63) or a listener's seat. */
    static final int LOCKS = 0x0B0C;

    /** Lanes one relay takes at once; there are 64, so that four relays can move rows with keys side by side. */
    static final int LANES_AT_ONCE = 16;

    /** Bytes of options that are looked at; the largest that mean anything are far smaller. */
    private static final int MAX_OPTIONS = 16_384;

    /** How many keyed rows, in batches, are searched for lanes that nobody holds. */
    private static final int WINDOW = 4;

    /** A row to insert, checked. */
    record NewRow(
            String jobId,
            String type,
            String queue,
            String payload,
            int payloadVersion,
            String options,
            @Nullable String orderingKey,
            @Nullable String trace) {}

    /**
     * Lanes that are ours until the transaction ends.
     *
     * @param bound rows behind this number are not ours to take now
     * @param contended other lanes have rows, but belong to other relays
     */
    record Lanes(List<Integer> numbers, long bound, boolean contended) {}

    /** A row that cannot become a job. */
    record Refusal(long id, String reason) {}

    private static final String INSERT =
            """
            INSERT INTO job_outbox (job_id, type, queue, payload, payload_version, options, ordering_key, trace)
            SELECT r.job_id, r.type, r.queue, r.payload::json, r.payload_version, r.options::json, r.ordering_key, r.trace
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::text[])
                WITH ORDINALITY
                AS r (job_id, type, queue, payload, payload_version, options, ordering_key, trace, position)
            ORDER BY r.position
            """;

    /** A relay that stands still must not hold its rows for ever; and no statement may hold up a relay for ever. */
    private static final String LIMIT_TIME =
            """
            SELECT set_config('statement_timeout', $1, true),
                set_config('idle_in_transaction_session_timeout', $2, true)
            """;

    private static final String LOCK_LANES =
            """
            WITH head AS MATERIALIZED (
                SELECT id, lane FROM job_outbox WHERE lane IS NOT NULL ORDER BY id LIMIT $1),
            waiting AS MATERIALIZED (SELECT lane FROM head GROUP BY lane ORDER BY min(id)),
            ours AS MATERIALIZED (
                SELECT lane::integer AS lane FROM waiting WHERE pg_try_advisory_xact_lock($2, lane::integer) LIMIT $3)
            SELECT array(SELECT lane FROM ours) AS lanes, (SELECT max(id) FROM head) AS bound,
                (SELECT count(*) FROM waiting) AS waiting
            """;

    private static final String COLUMNS =
            """
            id, left(job_id, 200) AS job_id, left(type, 200) AS type, left(queue, 200) AS queue,
            left(ordering_key, 1000) AS ordering_key, left(trace, 100) AS trace, payload_version, format, created_at, clock_timestamp() AS read_at,
            CASE WHEN octet_length(payload::text) <= $2 THEN payload::text END AS payload,
            CASE WHEN octet_length(options::text) <= $3 THEN options::text END AS options
            """;

    private static final String TAKE_OF_LANES = "SELECT " + COLUMNS
            + """
              FROM job_outbox WHERE lane IS NOT NULL AND lane = ANY ($4::integer[]) AND id <= $5 ORDER BY id LIMIT $1
              """;

    private static final String TAKE_LOOSE = "SELECT " + COLUMNS
            + """
              FROM job_outbox WHERE lane IS NULL AND format <= $4 ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
              """;

    private static final String DELETE = "DELETE FROM job_outbox WHERE id = ANY ($1)";

    private static final String REFUSE =
            """
            WITH bad AS (
                DELETE FROM job_outbox AS o USING unnest($1::bigint[], $2::text[]) AS r (id, reason)
                WHERE o.id = r.id
                RETURNING o.*, r.reason)
            INSERT INTO job_outbox_refused (id, job_id, type, queue, payload, payload_version, options, ordering_key, format,
                created_at, reason)
            SELECT id, job_id, type, queue, payload, payload_version, options, ordering_key, format, created_at, reason
            FROM bad
            """;

    private static final String EXISTING = "SELECT id FROM job_outbox WHERE id = ANY ($1)";

    /** In the order of the keys, so that two transactions cannot wait for each other. xmax tells new rows from old ones. */
    private static final String BIND_KEYS =
            """
            INSERT INTO job_outbox_key AS k (key, fingerprint, job_id)
            SELECT r.key, r.fingerprint, r.job_id
            FROM unnest($1::text[], $2::text[], $3::text[]) AS r (key, fingerprint, job_id)
            ORDER BY r.key
            ON CONFLICT (key) DO UPDATE SET key = k.key
            RETURNING k.key, k.fingerprint, k.job_id, k.xmax = 0 AS added
            """;

    private static final String FORGET_KEYS =
            """
            DELETE FROM job_outbox_key WHERE key IN (
                SELECT key FROM job_outbox_key WHERE created_at < clock_timestamp() - $1 * interval '1 ms'
                ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
            """;

    private static final String STATUS =
            """
            SELECT (SELECT count(*) FROM (SELECT FROM job_outbox LIMIT $1) AS bounded) AS unsent,
                (SELECT count(*) FROM (SELECT FROM job_outbox_refused LIMIT $1) AS bounded) AS refused,
                (SELECT (extract(epoch FROM clock_timestamp() - created_at) * 1000)::bigint
                 FROM job_outbox ORDER BY id LIMIT 1) AS lag_ms
            """;

    private final Pool pool;

    @Inject
    public OutboxTable(Pool pool) {
        this.pool = pool;
    }

    /** A call's idempotency key, with the job it is to stand for. */
    record NewKey(String key, String fingerprint, String jobId) {}

    /**
     * What an idempotency key stands for.
     *
     * @param added false: an earlier call had it
     */
    record BoundKey(String fingerprint, String jobId, boolean added) {}

    /**
     * Binds keys to jobs, or tells what they are bound to. Waits for other transactions that bind the same keys.
     *
     * @param keys each once
     */
    Uni<Map<String, BoundKey>> bindKeys(SqlConnection transaction, List<NewKey> keys) {
        if (keys.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        return transaction
                .preparedQuery(BIND_KEYS)
                .execute(Tuple.of(
                        texts(keys, NewKey::key), texts(keys, NewKey::fingerprint), texts(keys, NewKey::jobId)))
                .map(rows -> rows.stream()
                        .collect(Collectors.toMap(
                                row -> row.getString("key"),
                                row -> new BoundKey(
                                        row.getString("fingerprint"),
                                        row.getString("job_id"),
                                        row.getBoolean("added")))));
    }

    /** Deletes idempotency keys that are older, at most so many; tells how many they were. */
    Uni<Integer> forgetKeys(Duration age, int most) {
        return pool.preparedQuery(FORGET_KEYS)
                .execute(Tuple.of(age.toMillis(), most))
                .map(RowSet::rowCount);
    }

    Uni<Void> insert(SqlConnection transaction, List<NewRow> rows) {
        return transaction
                .preparedQuery(INSERT)
                .execute(Tuple.from(List.of(
                        texts(rows, NewRow::jobId),
                        texts(rows, NewRow::type),
                        texts(rows, NewRow::queue),
                        texts(rows, NewRow::payload),
                        rows.stream().map(NewRow::payloadVersion).toArray(Integer[]::new),
                        texts(rows, NewRow::options),
                        texts(rows, NewRow::orderingKey),
                        texts(rows, NewRow::trace))))
                .replaceWithVoid();
    }

    /** A transaction in which no statement, and no pause between two, lasts longer than so. */
    <T> Uni<T> inTransaction(Duration statements, Duration pauses, Function<SqlConnection, Uni<T>> work) {
        return pool.withTransaction(transaction -> transaction
                .preparedQuery(LIMIT_TIME)
                .execute(Tuple.of("" + statements.toMillis(), "" + pauses.toMillis()))
                .chain(() -> work.apply(transaction)));
    }

    /** Locks lanes that have rows, those with the oldest first, passing over those of other relays. */
    Uni<Lanes> lockLanes(SqlConnection transaction, int batch) {
        return transaction
                .preparedQuery(LOCK_LANES)
                .execute(Tuple.of(batch * WINDOW, LOCKS, LANES_AT_ONCE))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    List<Integer> lanes = List.of(row.getArrayOfIntegers("lanes"));
                    Long bound = row.getLong("bound");
                    return new Lanes(lanes, bound == null ? 0 : bound, row.getLong("waiting") > lanes.size());
                });
    }

    /** The oldest rows of lanes that are ours. */
    Uni<List<OutboxRow>> takeOf(SqlConnection transaction, Lanes lanes, int batch, long payloadLimit) {
        if (lanes.numbers().isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return transaction
                .preparedQuery(TAKE_OF_LANES)
                .execute(Tuple.of(
                        batch, payloadLimit, MAX_OPTIONS, lanes.numbers().toArray(Integer[]::new), lanes.bound()))
                .map(OutboxTable::rows);
    }

    /** The oldest rows without a key that no other relay holds. */
    Uni<List<OutboxRow>> takeLoose(SqlConnection transaction, int batch, long payloadLimit) {
        return transaction
                .preparedQuery(TAKE_LOOSE)
                .execute(Tuple.of(batch, payloadLimit, MAX_OPTIONS, FORMAT))
                .map(OutboxTable::rows);
    }

    Uni<Void> delete(SqlConnection transaction, Collection<Long> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return transaction
                .preparedQuery(DELETE)
                .execute(Tuple.of(ids.toArray(Long[]::new)))
                .replaceWithVoid();
    }

    /** Moves rows that cannot become jobs out of the way. */
    Uni<Void> refuse(SqlConnection transaction, List<Refusal> refusals) {
        if (refusals.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return transaction
                .preparedQuery(REFUSE)
                .execute(Tuple.of(
                        refusals.stream().map(Refusal::id).toArray(Long[]::new), texts(refusals, Refusal::reason)))
                .replaceWithVoid();
    }

    /** Which of these rows are still there. */
    Uni<Collection<Long>> existing(Collection<Long> ids) {
        return pool.preparedQuery(EXISTING)
                .execute(Tuple.of(ids.toArray(Long[]::new)))
                .map(rows -> rows.stream().map(row -> row.getLong("id")).collect(Collectors.toSet()));
    }

    Uni<OutboxStatus> status() {
        return pool.preparedQuery(STATUS)
                .execute(Tuple.of(OutboxStatus.COUNTED))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    Long lagMs = row.getLong("lag_ms");
                    return new OutboxStatus(
                            lagMs == null ? 0 : Math.max(0, lagMs), row.getLong("unsent"), row.getLong("refused"));
                });
    }

    private static <T> String[] texts(List<T> rows, Function<T, @Nullable String> column) {
        return rows.stream().map(column).toArray(String[]::new);
    }

    private static List<OutboxRow> rows(RowSet<Row> rows) {
        return rows.stream().map(OutboxTable::row).toList();
    }

    private static OutboxRow row(Row row) {
        return new OutboxRow(
                row.getLong("id"),
                row.getString("job_id"),
                row.getString("type"),
                row.getString("queue"),
                row.getString("payload"),
                row.getString("options"),
                row.getString("ordering_key"),
                row.getString("trace"),
                Objects.requireNonNull(row.getInteger("payload_version")),
                Objects.requireNonNull(row.getInteger("format")),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("read_at").toInstant());
    }
}
