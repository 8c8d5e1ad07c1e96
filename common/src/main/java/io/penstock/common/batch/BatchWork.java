package io.penstock.common.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.history.StorableText;
import io.penstock.common.queue.StrictMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What runners do with the tables of batches. A runner is a job: it takes chunk after chunk, records what became of items in sets, and
 * goes when there is nothing left. One that dies comes back as every job does, finds the chunk it had in hand and goes on behind the
 * last result that was recorded. Results are recorded once, whoever records them: counts are exact although two may have had the chunk.
 */
@ApplicationScoped
public class BatchWork {

    private static final Logger LOG = Logger.getLogger(BatchWork.class);

    /** Characters of an error that are kept. */
    static final int MAX_ERROR = 8_192;
    /** Characters of JSON of an original that are kept. */
    static final int MAX_ORIGINAL = 65_536;

    /** Chunks between two looks at the size of chunks. */
    static final int SIZE_LOOK = 10;

    /** Whoever locks both locks the batch first. */
    private static final String BEGIN =
            """
            WITH known AS (
                SELECT id FROM batch_operations WHERE id = $1 FOR UPDATE
            ), mine AS (
                UPDATE batch_operation_runners r SET seen_at = now(), job_id = $4, worker = $5 FROM known
                WHERE r.batch_id = known.id AND r.runner = $2 AND r.generation = $3 AND r.busy RETURNING r.batch_id
            )
            UPDATE batch_operations b SET
                status = CASE WHEN b.status = 'pending' THEN 'running' ELSE b.status END,
                started_at = coalesce(b.started_at, now())
            FROM mine WHERE b.id = mine.batch_id RETURNING b.*
            """;

    private static final String OPEN_CHUNK =
            """
            UPDATE batch_operation_chunks c SET attempts = attempts + 1, job_id = r.job_id, worker = r.worker
            FROM batch_operation_runners r
            WHERE c.batch_id = $1 AND c.runner = $2 AND c.finished_at IS NULL AND r.batch_id = $1 AND r.runner = $2
            RETURNING chunk, first_item, last_item, retry, attempts
            """;

    private static final String PUT_OFF =
            """
            UPDATE batch_operation_chunks SET attempts = attempts - 1
            WHERE batch_id = $1 AND chunk = $2 AND finished_at IS NULL AND attempts > 0
            """;

    /** A run that is out of date takes nothing: nobody would come back for it. */
    private static final String CLAIM =
            """
            WITH b AS (
                SELECT id, chunks, next_item, least(total, next_item + chunk_size) AS last_item FROM batch_operations
                WHERE id = $1 AND status = 'running' AND NOT paused AND next_item < total AND EXISTS (
                    SELECT FROM batch_operation_runners WHERE batch_id = $1 AND runner = $2 AND generation = $3 AND busy)
                FOR UPDATE
            ), moved AS (
                UPDATE batch_operations o SET next_item = b.last_item, chunks = b.chunks + 1 FROM b WHERE o.id = b.id
            ), seen AS (
                UPDATE batch_operation_runners r SET seen_at = now() FROM b WHERE r.batch_id = b.id AND r.runner = $2
            )
            INSERT INTO batch_operation_chunks (batch_id, chunk, first_item, last_item, retry, runner, job_id, worker)
            SELECT b.id, b.chunks, b.next_item, b.last_item, false, $2, r.job_id, r.worker
            FROM b JOIN batch_operation_runners r ON r.batch_id = b.id AND r.runner = $2
            RETURNING chunk, first_item, last_item, retry, attempts
            """;

    private static final String CLAIM_RETRY =
            """
            WITH b AS (
                SELECT id, chunks, chunk_size, retry_round FROM batch_operations
                WHERE id = $1 AND status = 'running' AND NOT paused AND retrying > 0 AND EXISTS (
                    SELECT FROM batch_operation_runners WHERE batch_id = $1 AND runner = $2 AND generation = $3 AND busy)
                FOR UPDATE
            ), picked AS (
                UPDATE batch_operation_items i SET status = 'processing', chunk = b.chunks, round = b.retry_round,
                    retries = i.retries + 1, failures = NULL
                FROM b
                WHERE i.batch_id = $1 AND i.status = 'failed' AND i.round < b.retry_round AND i.item IN (
                    SELECT p.item FROM batch_operation_items p
                    WHERE p.batch_id = $1 AND p.status = 'failed' AND p.round < (SELECT retry_round FROM b)
                    ORDER BY p.item LIMIT (SELECT chunk_size FROM b))
                RETURNING i.item
            ), counted AS (
                SELECT count(*) AS n, min(item) AS lowest, max(item) AS highest FROM picked
            ), moved AS (
                UPDATE batch_operations o SET chunks = o.chunks + 1, retrying = o.retrying - counted.n
                FROM counted WHERE o.id = $1 AND counted.n > 0
            )
            INSERT INTO batch_operation_chunks (batch_id, chunk, first_item, last_item, retry, runner, job_id, worker)
            SELECT b.id, b.chunks, counted.lowest, counted.highest + 1, true, $2, r.job_id, r.worker
            FROM counted, b JOIN batch_operation_runners r ON r.batch_id = b.id AND r.runner = $2 WHERE counted.n > 0
            RETURNING chunk, first_item, last_item, retry, attempts
            """;

    private static final String BEGUN =
            """
            SELECT item, status = 'processing' AS again, coalesce(failures, 0) AS failures FROM batch_operation_items
            WHERE batch_id = $1 AND item >= $2 AND item < $3
            """;

    private static final String IN_HAND =
            """
            SELECT item, true AS again, coalesce(failures, 0) AS failures FROM batch_operation_items
            WHERE batch_id = $1 AND item >= $2 AND item < $3 AND status = 'processing' AND chunk = $4 ORDER BY item
            """;

    private static final String RESIZE =
            """
            UPDATE batch_operations SET chunk_size = $3, sized_at = chunks, sized_done = completed + failed + skipped,
                sized_failed = failed,
                sizes = CASE WHEN $3 = chunk_size THEN sizes ELSE
                    (SELECT coalesce(jsonb_agg(e.value ORDER BY e.ordinality), '[]')
                     FROM (SELECT * FROM jsonb_array_elements(sizes) WITH ORDINALITY ORDER BY ordinality DESC LIMIT 49) AS e)
                    || jsonb_build_array($4::jsonb) END
            WHERE id = $1 AND chunk_size = $2 AND sized_at = $5
            """;

    /** With the batch locked, so that whoever adds work meanwhile sees that this runner is idle, or this one sees the work. */
    private static final String IDLE =
            """
            WITH b AS (
                SELECT id FROM batch_operations WHERE id = $1
                    AND NOT (status = 'running' AND NOT paused AND (next_item < total OR retrying > 0))
                    AND NOT (status = 'running' AND EXISTS (SELECT FROM batch_operation_chunks
                        WHERE batch_id = $1 AND runner = $2 AND finished_at IS NULL))
                FOR UPDATE
            )
            UPDATE batch_operation_runners r SET busy = false, seen_at = now() FROM b
            WHERE r.batch_id = b.id AND r.runner = $2 AND r.generation = $3 RETURNING r.runner
            """;

    private static final String LOCK_CHUNK =
            """
            SELECT chunk FROM batch_operation_chunks
            WHERE batch_id = $1 AND chunk = $2 AND finished_at IS NULL FOR UPDATE
            """;

    private static final String ENDED_OF =
            """
            SELECT item FROM batch_operation_items
            WHERE batch_id = $1 AND item = ANY ($2::bigint[]) AND status <> 'processing'
            """;

    private static final String LOST =
            """
            SELECT batch_id, runner, generation, job_id, coalesce(queue, 'batch-operations') FROM batch_operation_runners
            WHERE busy AND seen_at < $1 ORDER BY seen_at LIMIT $2
            """;

    private static final String SEEN =
            """
            UPDATE batch_operation_runners SET seen_at = now()
            WHERE batch_id = $1 AND runner = $2 AND generation = $3 AND busy
            """;

    private static final String FREE =
            """
            UPDATE batch_operation_runners SET busy = false
            WHERE batch_id = $1 AND runner = $2 AND generation = $3 AND busy RETURNING runner
            """;

    private final BatchStore store;
    private final BatchRecords records;
    private final BatchLifecycle lifecycle;
    private final BatchConfig config;
    private final ObjectMapper mapper;
    private final InstantSource clock = InstantSource.system();

    @Inject
    public BatchWork(BatchStore store, BatchLifecycle lifecycle, BatchConfig config, ObjectMapper mapper) {
        this.store = store;
        this.lifecycle = lifecycle;
        this.config = config;
        this.mapper = StrictMapper.exact(mapper.copy());
        this.records = new BatchRecords(store, config, this.mapper);
    }

    /**
     * How a batch is after something was recorded.
     *
     * @param goesOn more chunks may be taken
     * @param done nothing is left to be done
     * @param next the chunk that was taken with the record; empty: none was
     */
    public record State(boolean goesOn, boolean done, Optional<Chunk> next) {

        public static State of(boolean goesOn, boolean done) {
            return new State(goesOn, done, Optional.empty());
        }
    }

    /**
     * Begins a run. Empty: the run is out of date, or its batch is gone, and there is nothing to do.
     *
     * @param jobId the job that runs it
     * @param worker the process; null: it has no name
     */
    public Uni<Optional<Batch>> begin(BatchRun run, String jobId, @Nullable String worker) {
        return store.query(BEGIN, Tuple.of(run.batchId(), run.runner(), run.generation(), jobId, worker))
                .map(store::first);
    }

    /** The chunk that this runner had in hand, or the next one. Empty: there is none to be had now. */
    public Uni<Optional<Chunk>> next(Batch batch, BatchRun run, boolean first) {
        Tuple who = Tuple.of(run.batchId(), run.runner(), run.generation());
        return first
                ? store.query(OPEN_CHUNK, Tuple.of(run.batchId(), run.runner()))
                        .chain(rows -> rows.size() == 0
                                ? another(batch, who)
                                : chunk(batch.id(), rows.iterator().next(), true)
                                        .map(Optional::of))
                : another(batch, who);
    }

    private Uni<Optional<Chunk>> another(Batch batch, Tuple who) {
        return store.query(CLAIM, who)
                .chain(rows -> rows.size() > 0 ? Uni.createFrom().item(rows) : store.query(CLAIM_RETRY, who))
                .chain(rows -> rows.size() == 0
                        ? Uni.createFrom().item(Optional.empty())
                        : chunk(batch.id(), rows.iterator().next(), false).map(Optional::of));
    }

    /** @param again it was begun before, so that some of its items may have a result */
    private Uni<Chunk> chunk(UUID id, Row row, boolean again) {
        long number = row.getLong("chunk");
        long from = row.getLong("first_item");
        long to = row.getLong("last_item");
        int attempts = row.getInteger("attempts");
        if (row.getBoolean("retry")) {
            return store.query(IN_HAND, Tuple.of(id, from, to, number)).chain(rows -> givenEach(
                            id, rows.stream().map(one -> one.getLong(0)).toList())
                    .map(items -> open(chunk(id, number, attempts, items), rows)));
        }
        Uni<Chunk> whole = store.given(id, from, to).map(items -> chunk(id, number, attempts, items));
        return again
                ? whole.chain(all -> store.query(BEGUN, Tuple.of(id, from, to)).map(rows -> open(all, rows)))
                : whole;
    }

    /** What has no result yet; those that failed least first. */
    private static Chunk open(Chunk chunk, RowSet<Row> begun) {
        Set<Long> ended = new HashSet<>();
        Map<Long, Integer> failures = new HashMap<>();
        for (Row row : begun) {
            if (row.getBoolean("again")) {
                failures.put(row.getLong("item"), row.getInteger("failures"));
            } else {
                ended.add(row.getLong("item"));
            }
        }
        return chunk.with(chunk.items().stream()
                .filter(item -> !ended.contains(item.item()))
                .map(item -> item.failed(failures.getOrDefault(item.item(), 0)))
                .sorted(Comparator.comparingInt(Chunk.Item::failures))
                .toList());
    }

    /** Items that run again may lie far apart: one look for each run of neighbours. */
    private Uni<List<BatchStore.GivenItem>> givenEach(UUID id, List<Long> items) {
        Uni<List<BatchStore.GivenItem>> all = Uni.createFrom().item(new ArrayList<>());
        int start = 0;
        for (int i = 1; i <= items.size(); i++) {
            if (i == items.size() || items.get(i) - items.get(start) >= BatchStore.ITEMS_PER_ROW) {
                List<Long> near = items.subList(start, i);
                Set<Long> wanted = new HashSet<>(near);
                all = all.chain(found -> store.given(id, near.get(0), near.get(near.size() - 1) + 1)
                        .map(given -> {
                            given.stream()
                                    .filter(item -> wanted.contains(item.item()))
                                    .forEach(found::add);
                            return found;
                        }));
                start = i;
            }
        }
        return all;
    }

    /**
     * Stores what became of items of a chunk.
     *
     * @param last nothing of the chunk is left
     */
    public Uni<State> record(Chunk chunk, List<Recorded> results, boolean last) {
        return record(chunk, results, last, null);
    }

    /**
     * The same.
     *
     * @param taker the runner that is to have the next chunk, see {@link State#next}; null: none
     */
    public Uni<State> record(Chunk chunk, List<Recorded> results, boolean last, @Nullable BatchRun taker) {
        boolean adds = results.stream()
                .map(Recorded::result)
                .anyMatch(
                        result -> !result.more().isEmpty() || !result.tallies().isEmpty());
        BatchRecords.Ended ended = new BatchRecords.Ended(chunk, results, last, taker);
        Uni<Row> stored =
                adds ? store.inTransaction(transaction -> recordAndAdd(transaction, ended)) : records.store(ended);
        return stored.chain(row -> after(chunk.batchId(), row));
    }

    /**
     * Stores results in the transaction that had the effect.
     *
     * @param last nothing of the chunk is left
     * @param taker asked once the results are known: the runner that is to have the next chunk; null: none
     * @param does those of the chunk's items that still have no result, and answers with what became of them
     */
    public Uni<State> recordWith(
            Chunk chunk,
            boolean last,
            Supplier<@Nullable BatchRun> taker,
            BiFunction<SqlConnection, List<Chunk.Item>, Uni<List<Recorded>>> does) {
        return store.inTransaction(transaction -> transaction
                        .preparedQuery(LOCK_CHUNK)
                        .execute(Tuple.of(chunk.batchId(), chunk.number()))
                        .chain(rows -> rows.size() == 0
                                // Another run of this runner, which was given up, has done it.
                                ? Uni.createFrom().item(List.<Chunk.Item>of())
                                : open(transaction, chunk))
                        .chain(items -> items.isEmpty()
                                ? Uni.createFrom().item(List.<Recorded>of())
                                : does.apply(transaction, items))
                        .chain(results ->
                                recordAndAdd(transaction, new BatchRecords.Ended(chunk, results, last, taker.get()))))
                .chain(row -> after(chunk.batchId(), row));
    }

    /**
     * Stores the result of one item in the transaction that has its effect. Nothing is locked before the effect is there: items of a chunk do not
     * wait for one another. The chunk stays open. Fails with {@link ItemEndedException}, and leaves no effect, where the item had ended.
     */
    public Uni<State> recordOne(Chunk chunk, Function<SqlConnection, Uni<Recorded>> does) {
        return store.inTransaction(transaction -> does.apply(transaction)
                        .chain(recorded -> recordAndAdd(
                                transaction, new BatchRecords.Ended(chunk, List.of(recorded), false, null)))
                        .invoke(row -> {
                            if (row.getArrayOfLongs("items") == null) {
                                throw new ItemEndedException();
                            }
                        }))
                .chain(row -> after(chunk.batchId(), row));
    }

    /** Another run of the chunk, which was given up, has done the item. */
    public static final class ItemEndedException extends RuntimeException {

        ItemEndedException() {
            super("another run has recorded the item", null, false, false);
        }
    }

    private static Uni<List<Chunk.Item>> open(SqlConnection transaction, Chunk chunk) {
        Long[] numbers = chunk.items().stream().map(Chunk.Item::item).toArray(Long[]::new);
        return transaction
                .preparedQuery(ENDED_OF)
                .execute(Tuple.of(chunk.batchId(), numbers))
                .map(rows -> {
                    Set<Long> ended = new HashSet<>();
                    rows.forEach(row -> ended.add(row.getLong(0)));
                    return chunk.items().stream()
                            .filter(item -> !ended.contains(item.item()))
                            .toList();
                });
    }

    private Uni<Row> recordAndAdd(SqlConnection transaction, BatchRecords.Ended ended) {
        List<ItemResult> all = ended.results().stream().map(Recorded::result).toList();
        UUID id = ended.chunk().batchId();
        return records.store(transaction, ended, tallies(all)).call(row -> {
            List<ItemResult> recorded = recordedOf(ended.results(), row);
            return (row.getBoolean("counted") ? Uni.createFrom().voidItem() : count(transaction, id, recorded))
                    .chain(() -> add(transaction, id, recorded, row));
        });
    }

    /** Only what was recorded by this call counts, and adds its items. */
    private static List<ItemResult> recordedOf(List<Recorded> results, Row row) {
        Long[] items = row.getArrayOfLongs("items");
        Set<Long> mine = items == null ? Set.of() : Set.of(items);
        return results.stream()
                .filter(result -> mine.contains(result.item()))
                .map(Recorded::result)
                .filter(result -> result.status() != ItemStatus.PROCESSING)
                .toList();
    }

    private Uni<Void> count(SqlConnection transaction, UUID id, List<ItemResult> recorded) {
        Map<String, Long> sums = tallies(recorded);
        return sums.isEmpty() ? Uni.createFrom().voidItem() : store.count(transaction, id, sums);
    }

    /** A failed item may run again, and would be counted twice. */
    private static Map<String, Long> tallies(List<ItemResult> results) {
        Map<String, Long> sums = new HashMap<>();
        results.stream()
                .filter(result -> result.status() != ItemStatus.FAILED && result.status() != ItemStatus.PROCESSING)
                .forEach(result -> result.tallies()
                        .forEach((name, number) -> sums.merge(StorableText.text(name, 100), number, Long::sum)));
        return sums;
    }

    private Uni<Void> add(SqlConnection transaction, UUID id, List<ItemResult> recorded, Row row) {
        List<JsonNode> more = new ArrayList<>();
        recorded.forEach(result -> result.more().forEach(item -> more.add(mapper.valueToTree(item))));
        return more.isEmpty() || !isRunning(row)
                ? Uni.createFrom().voidItem()
                : store.append(transaction, id, BatchStore.Input.of(more), true, null, config.maxItems())
                        .invoke(first -> {
                            if (first.isEmpty()) {
                                LOG.warnf(
                                        "batch %s: %d items that it was to have besides are dropped", id, more.size());
                            }
                        })
                        .chain(() -> store.find(transaction, id))
                        .chain(batch -> lifecycle.wake(transaction, batch))
                        .replaceWithVoid();
    }

    private Uni<State> after(UUID id, Row row) {
        boolean running = isRunning(row);
        long ended = row.getLong("completed") + row.getLong("failed") + row.getLong("skipped");
        boolean done = running
                && row.getBoolean("sealed")
                && row.getLong("retrying") == 0
                && ended == row.getLong("total")
                && row.getLong("children_open") == 0;
        if (done) {
            return end(id).replaceWith(State.of(!row.getBoolean("paused"), true));
        }
        boolean goesOn = running && !row.getBoolean("paused");
        boolean looks =
                running && row.getBoolean("adaptive") && row.getLong("chunks") - row.getLong("sized_at") >= SIZE_LOOK;
        return (looks ? resize(id, row) : Uni.createFrom().voidItem())
                .chain(() -> taken(id, row))
                .map(next -> new State(goesOn, false, next));
    }

    /** The chunk that was taken with a record. Where its items cannot be read now, its runner finds it as one that it had in hand. */
    private Uni<Optional<Chunk>> taken(UUID id, Row row) {
        Long number = row.getLong("taken_chunk");
        return number == null
                ? Uni.createFrom().item(Optional.empty())
                : store.given(
                                id,
                                row.getLong("range_from"),
                                row.getLong("range_size"),
                                row.getLong("taken_first"),
                                row.getLong("taken_last"))
                        .map(items -> Optional.of(chunk(id, number, 1, items)));
    }

    private static Chunk chunk(UUID id, long number, int attempts, List<BatchStore.GivenItem> items) {
        return new Chunk(
                id,
                number,
                attempts,
                items.stream()
                        .map(item -> new Chunk.Item(item.item(), item.value().toString(), item.fault()))
                        .toList());
    }

    private static boolean isRunning(Row row) {
        return "running".equals(row.getString("status"));
    }

    /** A chunk whose items cannot be done now: having begun it does not count against it. */
    public Uni<Void> putOff(Chunk chunk) {
        return store.query(PUT_OFF, Tuple.of(chunk.batchId(), chunk.number())).replaceWithVoid();
    }

    /** Ends the batch if nothing is left. */
    public Uni<Boolean> end(UUID id) {
        return store.inTransaction(transaction -> lifecycle.endIfDone(transaction, id));
    }

    private Uni<Void> resize(UUID id, Row row) {
        int size = row.getInteger("chunk_size");
        long backlog = row.getLong("total") - row.getLong("next_item") + row.getLong("retrying");
        long done =
                row.getLong("completed") + row.getLong("failed") + row.getLong("skipped") - row.getLong("sized_done");
        long failed = row.getLong("failed") - row.getLong("sized_failed");
        ChunkSize next = ChunkSize.after(size, backlog, done, failed);
        JsonObject change = new JsonObject()
                .put("at", clock.instant().toString())
                .put("from", size)
                .put("to", next.size())
                .put("why", next.why());
        return store.query(RESIZE, Tuple.of(id, size, next.size(), change, row.getLong("sized_at")))
                .invoke(rows -> {
                    if (rows.rowCount() > 0 && next.size() != size) {
                        LOG.infof("batch %s: chunk size %d -> %d (%s)", id, size, next.size(), next.why());
                    }
                })
                .replaceWithVoid();
    }

    /** The runner goes. False: there is more to do, so that it stays. */
    public Uni<Boolean> idle(BatchRun run) {
        return store.query(IDLE, Tuple.of(run.batchId(), run.runner(), run.generation()))
                .map(rows -> rows.size() > 0);
    }

    /** The runner is alive although it stored nothing for a while. */
    public Uni<Void> seen(BatchRun run) {
        return store.query(SEEN, Tuple.of(run.batchId(), run.runner(), run.generation()))
                .replaceWithVoid();
    }

    /** A runner that ought to be at work, and its job. */
    public record Unseen(BatchRun run, String jobId, String queue) {

        /** The job is not the platform's own. */
        public boolean isHeld() {
            return !jobId.equals(run.jobId());
        }
    }

    /** Runners that were not seen since; the longest unseen first. */
    public Uni<List<Unseen>> unseenSince(Instant time, int limit) {
        return store.query(LOST, Tuple.of(time.atOffset(ZoneOffset.UTC), limit)).map(rows -> rows.stream()
                .map(row -> {
                    BatchRun run = new BatchRun(row.getUUID(0), row.getInteger(1), row.getLong(2));
                    String jobId = row.getString(3);
                    return new Unseen(run, jobId == null ? run.jobId() : jobId, row.getString(4));
                })
                .toList());
    }

    /** Gives a runner whose job is gone a new one, if there is work for it. False: it has come back by itself. */
    public Uni<Boolean> replace(BatchRun run) {
        return store.inTransaction(transaction -> transaction
                .preparedQuery(FREE)
                .execute(Tuple.of(run.batchId(), run.runner(), run.generation()))
                .chain(rows -> rows.size() == 0
                        ? Uni.createFrom().item(false)
                        : restart(transaction, run).replaceWith(true)));
    }

    /** A chunk that it had in hand is its own: the very same runner has to come back for it. */
    private Uni<Void> restart(SqlConnection transaction, BatchRun run) {
        return transaction
                .preparedQuery(
                        """
                        UPDATE batch_operation_runners r SET busy = true, generation = r.generation + 1, seen_at = now(),
                            job_id = NULL, queue = NULL
                        FROM batch_operations b
                        WHERE r.batch_id = $1 AND r.runner = $2 AND b.id = r.batch_id AND b.status IN ('pending', 'running')
                        RETURNING r.generation
                        """)
                .execute(Tuple.of(run.batchId(), run.runner()))
                .chain(rows -> rows.size() == 0
                        ? Uni.createFrom().voidItem()
                        : lifecycle.start(
                                transaction,
                                new BatchRun(
                                        run.batchId(),
                                        run.runner(),
                                        rows.iterator().next().getLong(0))));
    }

    /** Forgets batches that ended before, and makes room for those of the coming days. */
    public Uni<Integer> keep() {
        Instant now = clock.instant();
        return store.ensureDay(now).chain(() -> store.forgetBefore(now.minus(config.retention())));
    }
}
