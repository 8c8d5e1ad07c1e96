package io.penstock.common.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.history.ErrorFingerprint;
import io.penstock.common.history.StorableText;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stores what became of items, for {@link BatchWork}. All runners of a batch meet at its row, so that chunks which end while others of
 * their batch are being stored wait for these, and are then stored together: a statement and a commit for some chunks instead of one for
 * each. What had its effect in a transaction is stored in this one, by itself.
 */
final class BatchRecords {

    /** Chunks of one statement. */
    private static final int MOST_TOGETHER = 16;
    /** A runner that is at work is noted as seen so many times before it would be taken for lost. */
    private static final int SEEN_WITHIN_LOST = 8;

    /**
     * Stores the results of chunks $2, those that are done as $3 says, and takes a chunk for each of the runners $4 (null: none) in the
     * same step, so that chunks cost one commit. The batch is locked as late as possible, since all its runners wait for one another there.
     * Answers with a row for each chunk of $2.
     *
     * <p>Chunks that are done are there, and the insert only changes them. It finds the partition by the row, as an update does not: a plan for
     * any batch would hold one for each day that is kept, and PostgreSQL would rather plan anew each time.
     *
     * <p>$18 true: the commit does not wait for PostgreSQL's disk. What a crash of PostgreSQL takes of it is then the latest, and whole:
     * chunks are taken and items done again, and counts stay exact.
     *
     * <p>$20 is added to what the batch counts if all $21 results were stored by this call.
     */
    private static final String RECORD =
            """
            WITH ended AS (
                SELECT * FROM unnest($2::bigint[], $3::boolean[], $4::integer[], $5::bigint[])
                    WITH ORDINALITY AS e(chunk, last, runner, generation, place)
            ), recorded AS (
                INSERT INTO batch_operation_items AS i (batch_id, item, chunk, status, round, target_type, target_id, original,
                    error, fingerprint, started_at, finished_at, duration_ms, failures)
                SELECT $1, r.item, r.chunk, coalesce(r.status, 'completed'), b.retry_round, r.target_type, r.target_id,
                    r.original::jsonb, r.error, r.fingerprint, r.started_at, r.finished_at, r.duration_ms,
                    CASE WHEN r.status = 'processing' THEN 1 END
                FROM unnest($6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
                    $13::text[], $14::timestamptz[], $15::timestamptz[], $16::bigint[])
                    AS r(item, chunk, status, target_type, target_id, original, error, fingerprint, started_at, finished_at,
                        duration_ms)
                CROSS JOIN (SELECT retry_round FROM batch_operations WHERE id = $1) AS b
                ON CONFLICT (batch_id, item) DO UPDATE SET status = EXCLUDED.status, target_type = EXCLUDED.target_type,
                    target_id = EXCLUDED.target_id, original = EXCLUDED.original, error = EXCLUDED.error,
                    fingerprint = EXCLUDED.fingerprint, started_at = EXCLUDED.started_at,
                    finished_at = EXCLUDED.finished_at, duration_ms = EXCLUDED.duration_ms,
                    failures = CASE WHEN EXCLUDED.status = 'processing' THEN coalesce(i.failures, 0) + 1 ELSE i.failures END
                    WHERE i.status = 'processing' AND i.chunk = EXCLUDED.chunk
                RETURNING item, chunk, status
            ), counts AS (
                SELECT e.chunk, e.last, count(r.item) AS stored,
                    count(r.item) FILTER (WHERE r.status = 'completed') AS completed,
                    count(r.item) FILTER (WHERE r.status = 'failed') AS failed,
                    count(r.item) FILTER (WHERE r.status = 'skipped') AS skipped
                FROM ended e LEFT JOIN recorded r ON r.chunk = e.chunk GROUP BY e.chunk, e.last
            ), takers AS (
                SELECT e.chunk, r.runner, r.job_id, r.worker, row_number() OVER (ORDER BY e.place) - 1 AS turn
                FROM ended e JOIN batch_operation_runners r
                    ON r.batch_id = $1 AND r.runner = e.runner AND r.generation = e.generation AND r.busy
            ), sums AS (
                SELECT sum(stored)::bigint AS stored, sum(completed)::bigint AS completed, sum(failed)::bigint AS failed,
                    sum(skipped)::bigint AS skipped, (SELECT count(*) FROM takers) AS takers
                FROM counts
            ), haste AS (
                SELECT CASE WHEN $18 THEN set_config('synchronous_commit', 'off', true) END
            ), moved AS (
                UPDATE batch_operations b SET completed = b.completed + s.completed, failed = b.failed + s.failed,
                    skipped = b.skipped + s.skipped, updated_at = now(), taken_from = b.next_item,
                    next_item = CASE WHEN b.status = 'running' AND NOT b.paused
                        THEN least(b.total, b.next_item + s.takers * b.chunk_size) ELSE b.next_item END,
                    chunks = b.chunks + CASE WHEN b.status = 'running' AND NOT b.paused
                        THEN least(s.takers, (b.total - b.next_item + b.chunk_size - 1) / b.chunk_size) ELSE 0 END,
                    result = CASE WHEN s.stored = $21::bigint THEN (
                        SELECT jsonb_object_agg(a.key, a.total) FROM (
                            SELECT t.key, sum(t.value::numeric) AS total FROM (
                                SELECT 0 AS latest, r.key, r.value FROM jsonb_each_text(b.result) AS r
                                UNION ALL SELECT 1, r.key, r.value FROM jsonb_each_text($20::jsonb) AS r) AS t
                            GROUP BY t.key ORDER BY min(t.latest), t.key LIMIT 100) AS a)
                        ELSE b.result END
                FROM sums s, haste WHERE b.id = $1
                RETURNING b.id, b.status, b.paused, b.total, b.next_item, b.retrying, b.completed, b.failed, b.skipped, b.sealed,
                    b.chunks, b.chunk_size, b.adaptive, b.sized_at, b.sized_done, b.sized_failed, b.children_open, b.taken_from,
                    b.range_from, b.range_size, coalesce(s.stored = $21::bigint, false) AS counted
            ), given AS (
                SELECT t.chunk AS after_chunk, t.runner, t.job_id, t.worker,
                    m.chunks - (m.next_item - m.taken_from + m.chunk_size - 1) / m.chunk_size + t.turn AS number,
                    m.taken_from + t.turn * m.chunk_size AS first_item,
                    least(m.next_item, m.taken_from + (t.turn + 1) * m.chunk_size) AS last_item
                FROM moved m JOIN takers t ON m.taken_from + t.turn * m.chunk_size < m.next_item
            ), of_chunks AS (
                INSERT INTO batch_operation_chunks AS c (batch_id, chunk, first_item, last_item, retry, runner, job_id, worker,
                    completed, failed, skipped, finished_at)
                SELECT $1, number, first_item, last_item, false, runner, job_id, worker, 0, 0, 0, NULL FROM given
                UNION ALL
                SELECT $1, n.chunk, 0, 0, false, 0, NULL, NULL, n.completed, n.failed, n.skipped, CASE WHEN n.last THEN now() END
                FROM counts n, moved
                ON CONFLICT (batch_id, chunk) DO UPDATE SET completed = c.completed + EXCLUDED.completed,
                    failed = c.failed + EXCLUDED.failed, skipped = c.skipped + EXCLUDED.skipped,
                    finished_at = coalesce(EXCLUDED.finished_at, c.finished_at)
            ), seen AS (
                UPDATE batch_operation_runners r SET seen_at = now() FROM given g
                WHERE r.batch_id = $1 AND r.runner = g.runner AND r.seen_at < now() - $17::bigint * interval '1 millisecond'
            )
            SELECT m.*, e.chunk AS of_chunk, g.number AS taken_chunk, g.first_item AS taken_first, g.last_item AS taken_last,
                CASE WHEN $19 THEN (SELECT array_agg(r.item) FROM recorded r WHERE r.chunk = e.chunk) END AS items
            FROM moved m CROSS JOIN ended e LEFT JOIN given g ON g.after_chunk = e.chunk
            """;

    private final BatchStore store;
    private final ObjectMapper mapper;
    private final long seenEvery;
    private final Map<UUID, Gate> gates = new HashMap<>();

    BatchRecords(BatchStore store, BatchConfig config, ObjectMapper mapper) {
        this.store = store;
        this.mapper = mapper;
        this.seenEvery = config.lostAfter().toMillis() / SEEN_WITHIN_LOST;
    }

    /**
     * Results of a chunk.
     *
     * @param last nothing of the chunk is left
     * @param taker the runner that is to have the next chunk; null: none
     */
    record Ended(Chunk chunk, List<Recorded> results, boolean last, @Nullable BatchRun taker) {

        @Nullable
        Integer runner() {
            return taker == null ? null : taker.runner();
        }

        @Nullable
        Long generation() {
            return taker == null ? null : taker.generation();
        }
    }

    /** What waits to be stored, for one batch. */
    private static final class Gate {

        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private boolean isBusy;

        /** The same chunk twice cannot be stored at once: an item would be met twice by one statement. */
        private List<Waiting> next() {
            List<Waiting> some = new ArrayList<>();
            Set<Long> chunks = new HashSet<>();
            while (!waiting.isEmpty()
                    && some.size() < MOST_TOGETHER
                    && chunks.add(waiting.element().ended().chunk().number())) {
                some.add(waiting.remove());
            }
            return some;
        }
    }

    /** @param caller where it is told; null: wherever the answer comes */
    private record Waiting(Ended ended, UniEmitter<? super Row> emitter, @Nullable Context caller) {

        void stored(Row row) {
            tell(() -> emitter.complete(row));
        }

        void failed(Throwable failure) {
            tell(() -> emitter.fail(failure));
        }

        private void tell(Runnable answer) {
            if (caller == null || caller == Vertx.currentContext()) {
                answer.run();
            } else {
                caller.runOnContext(turn -> answer.run());
            }
        }
    }

    /** Stores results without waiting for PostgreSQL's disk; together with those of other chunks that come at the same time. */
    Uni<Row> store(Ended ended) {
        UUID id = ended.chunk().batchId();
        return Uni.createFrom().emitter(emitter -> {
            Waiting waiting = new Waiting(ended, emitter, Vertx.currentContext());
            synchronized (gates) {
                gates.computeIfAbsent(id, unknown -> new Gate()).waiting.add(waiting);
            }
            send(id);
        });
    }

    /**
     * Stores results in a transaction.
     *
     * @param tallies what the batch is to count besides; see the field {@code counted} of the answer. Empty: nothing
     */
    Uni<Row> store(SqlConnection transaction, Ended ended, Map<String, Long> tallies) {
        return transaction
                .preparedQuery(RECORD)
                .execute(parameters(List.of(ended), false, tallies))
                .map(rows -> rows.iterator().next());
    }

    private void send(UUID id) {
        List<Waiting> some;
        synchronized (gates) {
            Gate gate = gates.get(id);
            if (gate == null || gate.waiting.isEmpty() || gate.isBusy) {
                return;
            }
            some = gate.next();
            gate.isBusy = true;
        }
        together(some)
                .onItemOrFailure()
                .invoke((done, failure) -> sent(id))
                .subscribe()
                .with(done -> done.run(), failure -> some.forEach(each -> each.failed(failure)));
    }

    private void sent(UUID id) {
        synchronized (gates) {
            Gate gate = gates.get(id);
            if (gate != null) {
                gate.isBusy = false;
                if (gate.waiting.isEmpty()) {
                    gates.remove(id);
                }
            }
        }
        send(id);
    }

    /** What is to be told to those that wait. */
    private Uni<Runnable> together(List<Waiting> some) {
        List<Ended> all = some.stream()
                .map(Waiting::ended)
                .sorted(Comparator.comparingLong(ended -> ended.chunk().number()))
                .toList();
        Uni<Runnable> stored = Uni.createFrom()
                .deferred(() -> store.query(RECORD, parameters(all, true, Map.of())))
                .map(rows -> told(some, rows));
        return some.size() == 1
                ? stored
                // PostgreSQL has taken none of it. What is wrong with one chunk is no fault of the others.
                : stored.onFailure(PgException.class).recoverWithUni(refused -> oneByOne(some));
    }

    private static Runnable told(List<Waiting> some, RowSet<Row> rows) {
        Map<Long, Row> byChunk = new HashMap<>();
        rows.forEach(row -> byChunk.put(row.getLong("of_chunk"), row));
        return () -> some.forEach(each -> {
            long chunk = each.ended().chunk().number();
            Row row = byChunk.get(chunk);
            if (row == null) {
                each.failed(new NoSuchBatchException(each.ended().chunk().batchId()));
            } else {
                each.stored(row);
            }
        });
    }

    private Uni<Runnable> oneByOne(List<Waiting> some) {
        List<Runnable> answers = new ArrayList<>();
        Uni<Void> all = Uni.createFrom().voidItem();
        for (Waiting each : some) {
            all = all.chain(() -> together(List.of(each)))
                    .onFailure()
                    .recoverWithItem(failure -> () -> each.failed(failure))
                    .invoke(answers::add)
                    .replaceWithVoid();
        }
        return all.replaceWith(() -> answers.forEach(Runnable::run));
    }

    // parameters

    private record Result(Chunk chunk, Recorded recorded) {}

    private Tuple parameters(List<Ended> all, boolean hastens, Map<String, Long> tallies) {
        List<Result> results = new ArrayList<>();
        all.forEach(ended -> ended.results().forEach(one -> results.add(new Result(ended.chunk(), one))));
        // In one order for all, so that two who store the same items never wait for one another in a circle.
        results.sort(Comparator.comparingLong(one -> one.recorded().item()));
        int size = results.size();
        Long[] items = new Long[size];
        Long[] chunks = new Long[size];
        @Nullable String[] statuses = new String[size];
        @Nullable String[] targetTypes = new String[size];
        @Nullable String[] targetIds = new String[size];
        @Nullable String[] originals = new String[size];
        @Nullable String[] errors = new String[size];
        @Nullable String[] fingerprints = new String[size];
        OffsetDateTime[] starts = new OffsetDateTime[size];
        OffsetDateTime[] ends = new OffsetDateTime[size];
        Long[] durations = new Long[size];
        for (int i = 0; i < size; i++) {
            Recorded one = results.get(i).recorded();
            ItemResult result = one.result();
            ItemResult.Target target = result.target();
            items[i] = one.item();
            chunks[i] = results.get(i).chunk().number();
            statuses[i] = result.status() == ItemStatus.COMPLETED
                    ? null
                    : result.status().wire();
            targetTypes[i] = target == null ? null : StorableText.text(target.type(), 200);
            targetIds[i] = target == null ? null : StorableText.text(target.id(), 200);
            originals[i] = original(result);
            errors[i] = result.error() == null ? null : StorableText.text(result.error(), BatchWork.MAX_ERROR);
            fingerprints[i] =
                    result.status() == ItemStatus.FAILED && errors[i] != null ? ErrorFingerprint.of(errors[i]) : null;
            starts[i] = one.startedAt().atOffset(ZoneOffset.UTC);
            ends[i] = one.finishedAt().atOffset(ZoneOffset.UTC);
            durations[i] = Math.max(
                    0, one.finishedAt().toEpochMilli() - one.startedAt().toEpochMilli());
        }
        return Tuple.from(new @Nullable Object[] {
            all.get(0).chunk().batchId(),
            all.stream().map(ended -> ended.chunk().number()).toArray(Long[]::new),
            all.stream().map(Ended::last).toArray(Boolean[]::new),
            all.stream().map(Ended::runner).toArray(Integer[]::new),
            all.stream().map(Ended::generation).toArray(Long[]::new),
            items,
            chunks,
            orNone(statuses),
            orNone(targetTypes),
            orNone(targetIds),
            orNone(originals),
            orNone(errors),
            orNone(fingerprints),
            starts,
            ends,
            durations,
            seenEvery,
            hastens,
            !hastens,
            tallies.isEmpty() ? null : new JsonObject(new HashMap<>(tallies)),
            tallies.isEmpty() ? null : (long) size
        });
    }

    /** What no item has is not sent: {@code unnest} fills it up. */
    private static @Nullable String @Nullable [] orNone(@Nullable String[] texts) {
        for (String text : texts) {
            if (text != null) {
                return texts;
            }
        }
        return null;
    }

    private @Nullable String original(ItemResult result) {
        if (result.original() == null) {
            return null;
        }
        try {
            return StorableText.json(mapper.writeValueAsString(result.original()), BatchWork.MAX_ORIGINAL);
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
