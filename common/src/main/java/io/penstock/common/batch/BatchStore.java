package io.penstock.common.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.partition.DayPartitions;
import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.penstock.common.queue.IdempotentCall;
import io.penstock.common.queue.StrictMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tables of batches, for whoever makes, steers and looks at them. What runners do with them is in {@link BatchWork}. */
@ApplicationScoped
public class BatchStore {

    /** Items of one row of inputs. As many as the largest chunk, so that a chunk reads few rows and little it does not need. */
    static final int ITEMS_PER_ROW = BatchType.MAX_CHUNK;

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final List<String> PARTITIONED =
            List.of("batch_operation_inputs", "batch_operation_chunks", "batch_operation_items");

    private static final String CREATE =
            """
            INSERT INTO batch_operations (id, type, name, tenant, parent_id, status, sealed, total, chunk_size, adaptive,
                concurrency, priority, conflict, range_from, range_size, callbacks, followed_by, created_by, created_by_name,
                start_at, config)
            VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, $9, $10, $11, $12, $13, $7, $14, $15, $16, $17, $18, $19)
            """;

    /** Waits for whoever is about to take the same key. */
    private static final String TAKE_KEY =
            """
            INSERT INTO batch_keys (key, fingerprint, batch_id) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING
            """;

    private static final String OF_KEY = "SELECT batch_id, fingerprint FROM batch_keys WHERE key = $1";

    private static final String FORGET_KEYS = "DELETE FROM batch_keys WHERE created_at < $1";

    /** A parent that has ended takes no more. */
    private static final String ADD_CHILD =
            """
            UPDATE batch_operations SET children = children + 1, children_open = children_open + 1, updated_at = now()
            WHERE id = $1 AND status IN ('pending', 'running') RETURNING id
            """;

    private static final String GROW =
            """
            UPDATE batch_operations SET total = total + $2, updated_at = now()
            WHERE id = $1 AND status IN ('pending', 'running') AND (NOT sealed OR $3)
                AND ($4::bigint IS NULL OR total = $4) AND total + $2 <= $5
            RETURNING total - $2 AS first_item
            """;

    private static final String ADD_INPUTS =
            """
            INSERT INTO batch_operation_inputs (batch_id, first_item, size, items, unreadable)
            SELECT $1, r.first_item, r.size, r.items::json, r.unreadable::json
            FROM unnest($2::bigint[], $3::integer[], $4::text[], $5::text[]) AS r(first_item, size, items, unreadable)
            """;

    private static final String SEAL = "UPDATE batch_operations SET sealed = true, updated_at = now() WHERE id = $1"
            + " AND status IN ('pending', 'running') AND NOT sealed RETURNING id";

    /** As many runners as there are chunks to be run, at most as many as may run at once. */
    private static final String WAKE =
            """
            INSERT INTO batch_operation_runners AS r (batch_id, runner, generation, busy)
            SELECT b.id, n, 1, true
            FROM batch_operations b, generate_series(0, least(b.concurrency,
                ceil((b.total - b.next_item + b.retrying)::numeric / b.chunk_size)::integer) - 1) AS n
            WHERE b.id = $1 AND b.status IN ('pending', 'running') AND NOT b.paused
            ON CONFLICT (batch_id, runner) DO UPDATE SET busy = true, generation = r.generation + 1, seen_at = now(),
                job_id = NULL, queue = NULL
                WHERE NOT r.busy
            RETURNING runner, generation
            """;

    private static final String CANCEL =
            """
            UPDATE batch_operations SET status = 'cancelled', updated_at = now(), finished_at = now()
            WHERE id = $1 AND status IN ('pending', 'running') RETURNING *
            """;

    private static final String PAUSE =
            """
            UPDATE batch_operations SET paused = $2, updated_at = now()
            WHERE id = $1 AND status IN ('pending', 'running') RETURNING *
            """;

    /** Only of a batch that has ended: then nobody records an item of an earlier round any more. */
    private static final String RETRY_FAILED =
            """
            UPDATE batch_operations SET status = 'running', finished_at = NULL, retry_round = retry_round + 1,
                retrying = failed, failed = 0, updated_at = now(), error_summary = '[]'
            WHERE id = $1 AND status IN ('partial_success', 'failed') AND failed > 0 RETURNING *
            """;

    private static final String BUSY =
            "SELECT runner, generation FROM batch_operation_runners WHERE batch_id = $1 AND busy";

    private static final String OPEN_CHILDREN =
            "SELECT id FROM batch_operations WHERE parent_id = $1 AND status IN ('pending', 'running')";

    private static final String FIND = "SELECT * FROM batch_operations WHERE id = $1";

    private static final String FIND_ALL = "SELECT * FROM batch_operations WHERE id = ANY ($1::uuid[])";

    private static final String ITEMS =
            """
            SELECT i.*, b.retry_round FROM batch_operation_items i JOIN batch_operations b ON b.id = i.batch_id
            WHERE i.batch_id = $1 AND i.item > $2 AND ($3::text IS NULL OR i.status = $3)
                AND (NOT $4 OR i.round < b.retry_round) AND ($5 OR NOT (i.status = 'failed' AND i.round < b.retry_round))
            ORDER BY i.item LIMIT $6
            """;

    private static final String CHUNKS =
            """
            SELECT * FROM batch_operation_chunks WHERE batch_id = $1 AND chunk > $2 ORDER BY chunk LIMIT $3
            """;

    /** A name beyond the first hundred is not counted: what is counted must not grow with the items. */
    private static final String COUNT =
            """
            UPDATE batch_operations b SET result = (
                SELECT jsonb_object_agg(s.key, s.total) FROM (
                    SELECT t.key, sum(t.value::numeric) AS total FROM (
                        SELECT 0 AS latest, r.key, r.value FROM jsonb_each_text(b.result) AS r
                        UNION ALL SELECT 1, r.key, r.value FROM jsonb_each_text($2::jsonb) AS r) AS t
                    GROUP BY t.key ORDER BY min(t.latest), t.key LIMIT 100) AS s)
            WHERE id = $1
            """;

    private static final String NAME_JOB =
            "UPDATE batch_operation_runners SET job_id = $3, queue = $4 WHERE batch_id = $1 AND runner = $2";

    private static final String HELD =
            "SELECT runner, generation FROM batch_operation_runners WHERE batch_id = $1 AND job_id = $2 AND busy";

    private static final String FORGET = "DELETE FROM batch_operations WHERE id = $1";

    private static final String INPUTS =
            """
            SELECT first_item, items::text AS items, unreadable::text AS unreadable FROM batch_operation_inputs
            WHERE batch_id = $1 AND first_item < $3::bigint AND first_item > $2::bigint - $4::bigint AND first_item + size > $2::bigint ORDER BY first_item
            """;

    private static final String SHARING =
            """
            SELECT b.id, b.status = 'running' AS running, count(*) AS n, (array_agg(e ->> 'id'))[1:100] AS ids
            FROM batch_operations b
            JOIN batch_operation_inputs i ON i.batch_id = b.id
            CROSS JOIN LATERAL json_array_elements(i.items) AS e
            WHERE b.tenant = $1 AND b.type = ANY ($2) AND b.status IN ('pending', 'running') AND e ->> 'id' = ANY ($3)
            GROUP BY b.id ORDER BY b.id LIMIT 100
            """;

    /**
     * A batch that has not ended and shares items with another.
     *
     * @param values the first hundred
     * @param count of all that are shared
     */
    public record Sharing(UUID batchId, boolean running, List<String> values, long count) {}

    private final Pool pool;
    private final ObjectMapper json;
    private final List<DayPartitions> partitions;
    private final Deadlines deadlines = new Deadlines("batch-queries");
    private final Set<LocalDate> knownDays = ConcurrentHashMap.newKeySet();

    @Inject
    public BatchStore(Pool pool, ObjectMapper mapper) {
        this.pool = pool;
        this.json = StrictMapper.exact(mapper.copy());
        this.partitions = PARTITIONED.stream()
                .map(table -> new DayPartitions(
                        pool, table, day -> BatchIds.firstOf(day).toString()))
                .toList();
    }

    /** Batches of a tenant that have not ended and have items whose field {@code id} is one of these. */
    public Uni<List<Sharing>> sharing(String tenant, List<String> types, List<String> ids) {
        return pool.preparedQuery(SHARING)
                .execute(Tuple.of(tenant, types.toArray(String[]::new), ids.toArray(String[]::new)))
                .map(rows -> {
                    List<Sharing> found = new ArrayList<>();
                    rows.forEach(row -> found.add(new Sharing(
                            row.getUUID("id"),
                            row.getBoolean("running"),
                            List.of(row.getArrayOfStrings("ids")),
                            row.getLong("n"))));
                    return found;
                });
    }

    /** Some items in the order they came. */
    public record Input(List<JsonNode> items, List<@Nullable String> faults) {

        /** All could be read. */
        public static Input of(List<JsonNode> items) {
            return new Input(items, List.of());
        }

        @Nullable
        String faultOf(int index) {
            return index < faults.size() ? faults.get(index) : null;
        }
    }

    /** An item as it was given. */
    record GivenItem(long item, JsonNode value, @Nullable String fault) {}

    /** Why a batch took no items. */
    enum Refusal {
        /** There is none. */
        UNKNOWN,
        ENDED,
        SEALED,
        /** The items do not begin where the batch's end. */
        ELSEWHERE,
        FULL
    }

    /**
     * On a day that has its partitions. What is done within must use this connection alone: a process may have no other, and
     * would wait for itself.
     */
    <T> Uni<T> inTransaction(Function<SqlConnection, Uni<T>> work) {
        return ensureDay(Instant.now()).chain(() -> deadlined(pool.withTransaction(work), DEADLINE.multipliedBy(2)));
    }

    /** Whether the call is the first one of its key. */
    Uni<Boolean> takeKey(SqlConnection transaction, IdempotentCall call, UUID id) {
        return transaction
                .preparedQuery(TAKE_KEY)
                .execute(Tuple.of(call.key().digest(), call.fingerprint(), id))
                .map(taken -> taken.rowCount() == 1);
    }

    /** The batch that the first call of a key made. Fails with {@link IdempotencyKeyReusedException} where that was another. */
    Uni<UUID> ofKey(IdempotentCall call) {
        return query(OF_KEY, Tuple.of(call.key().digest())).map(rows -> {
            Row row = rows.iterator().next();
            if (!row.getString("fingerprint").equals(call.fingerprint())) {
                throw new IdempotencyKeyReusedException();
            }
            return row.getUUID("batch_id");
        });
    }

    /** Creates the partitions of a day where they are missing. */
    Uni<Void> ensureDay(Instant time) {
        LocalDate day = LocalDate.ofInstant(time, ZoneOffset.UTC);
        if (knownDays.contains(day)) {
            return Uni.createFrom().voidItem();
        }
        Uni<Void> all = Uni.createFrom().voidItem();
        for (DayPartitions each : partitions) {
            all = all.chain(() -> each.ensure(List.of(day, day.plusDays(1))));
        }
        return all.invoke(() -> {
            // Few, but for a process that lives for years.
            knownDays.removeIf(known -> known.isBefore(day.minusDays(2)));
            knownDays.add(day);
        });
    }

    Uni<Void> create(SqlConnection transaction, UUID id, CheckedBatch batch) {
        return transaction
                .preparedQuery(CREATE)
                .execute(Tuple.from(new Object[] {
                    id,
                    batch.type().name(),
                    batch.name(),
                    batch.tenant(),
                    batch.parentId(),
                    !batch.open(),
                    batch.rangeSize(),
                    batch.chunkSize(),
                    batch.adaptive(),
                    batch.concurrency(),
                    batch.priority(),
                    batch.conflict().wire(),
                    batch.rangeFrom(),
                    object(batch.callbacks()),
                    batch.followedBy() == null ? null : object(batch.followedBy()),
                    batch.createdBy(),
                    batch.createdByName(),
                    time(batch.startAt()),
                    batch.config()
                }))
                .replaceWithVoid();
    }

    /** False: the parent has ended, or there is none. */
    Uni<Boolean> addChild(SqlConnection transaction, UUID parent) {
        return transaction.preparedQuery(ADD_CHILD).execute(Tuple.of(parent)).map(rows -> rows.size() > 0);
    }

    /**
     * Adds items to a batch.
     *
     * @param own true: the batch adds to itself, which it may do when it is sealed
     * @param at the number of the first item as the caller believes; null: whatever it is
     * @return the number of the first item; empty: refused
     */
    Uni<Optional<Long>> append(
            SqlConnection transaction, UUID id, Input input, boolean own, @Nullable Long at, long mostItems) {
        if (input.items().isEmpty()) {
            return Uni.createFrom().item(Optional.of(at == null ? 0L : at));
        }
        return transaction
                .preparedQuery(GROW)
                .execute(Tuple.from(new Object[] {id, (long) input.items().size(), own, at, mostItems}))
                .chain(rows -> rows.size() == 0
                        ? Uni.createFrom().item(Optional.empty())
                        : addInputs(transaction, id, rows.iterator().next().getLong(0), input));
    }

    private Uni<Optional<Long>> addInputs(SqlConnection transaction, UUID id, long first, Input input) {
        int rows = (input.items().size() + ITEMS_PER_ROW - 1) / ITEMS_PER_ROW;
        Long[] firsts = new Long[rows];
        Integer[] sizes = new Integer[rows];
        String[] items = new String[rows];
        @Nullable String[] faults = new String[rows];
        for (int row = 0; row < rows; row++) {
            int from = row * ITEMS_PER_ROW;
            int to = Math.min(from + ITEMS_PER_ROW, input.items().size());
            firsts[row] = first + from;
            sizes[row] = to - from;
            items[row] = text(input.items().subList(from, to));
            faults[row] = faults(input, from, to);
        }
        return transaction
                .preparedQuery(ADD_INPUTS)
                .execute(Tuple.from(new Object[] {id, firsts, sizes, items, faults}))
                .replaceWith(Optional.of(first));
    }

    private @Nullable String faults(Input input, int from, int to) {
        JsonObject faults = new JsonObject();
        for (int i = from; i < to; i++) {
            String fault = input.faultOf(i);
            if (fault != null) {
                faults.put(String.valueOf(i - from), fault);
            }
        }
        return faults.isEmpty() ? null : faults.encode();
    }

    /** Why a batch took no items. */
    Uni<Refusal> whyRefused(UUID id, @Nullable Long at) {
        return find(id).map(found -> {
            if (found.isEmpty()) {
                return Refusal.UNKNOWN;
            }
            Batch batch = found.get();
            if (batch.status().isEnd()) {
                return Refusal.ENDED;
            }
            if (batch.counts().sealed()) {
                return Refusal.SEALED;
            }
            return at != null && at != batch.counts().total() ? Refusal.ELSEWHERE : Refusal.FULL;
        });
    }

    /** False: it was sealed, or has ended. */
    Uni<Boolean> seal(SqlConnection transaction, UUID id) {
        return transaction.preparedQuery(SEAL).execute(Tuple.of(id)).map(rows -> rows.size() > 0);
    }

    /** The runners that are to be started: those that were idle and for which there is work. */
    Uni<List<BatchRun>> wake(SqlConnection transaction, UUID id) {
        return transaction.preparedQuery(WAKE).execute(Tuple.of(id)).map(rows -> runs(id, rows));
    }

    /** Adds to what a batch counts. */
    Uni<Void> count(SqlConnection transaction, UUID id, Map<String, Long> numbers) {
        return transaction
                .preparedQuery(COUNT)
                .execute(Tuple.of(id, new JsonObject(new TreeMap<>(numbers))))
                .replaceWithVoid();
    }

    /** Notes the job of a runner that somebody else starts. */
    Uni<Void> nameJob(SqlConnection transaction, BatchRun run, Batches.Holder holder) {
        return transaction
                .preparedQuery(NAME_JOB)
                .execute(Tuple.of(run.batchId(), run.runner(), holder.jobId().apply(run), holder.queue()))
                .replaceWithVoid();
    }

    /** The runners that are this job. */
    Uni<List<BatchRun>> heldBy(UUID id, String jobId) {
        return query(HELD, Tuple.of(id, jobId)).map(rows -> runs(id, rows));
    }

    Uni<Void> forget(UUID id) {
        return query(FORGET, Tuple.of(id)).replaceWithVoid();
    }

    /** The runners that have a job. */
    Uni<List<BatchRun>> busy(UUID id) {
        return query(BUSY, Tuple.of(id)).map(rows -> runs(id, rows));
    }

    private static List<BatchRun> runs(UUID id, RowSet<Row> rows) {
        List<BatchRun> runs = new ArrayList<>(rows.size());
        rows.forEach(row -> runs.add(new BatchRun(id, row.getInteger(0), row.getLong(1))));
        return runs;
    }

    /** Empty: it had ended, or there is none. */
    Uni<Optional<Batch>> cancel(SqlConnection transaction, UUID id) {
        return transaction.preparedQuery(CANCEL).execute(Tuple.of(id)).map(this::first);
    }

    Uni<List<UUID>> openChildren(UUID parent) {
        return query(OPEN_CHILDREN, Tuple.of(parent))
                .map(rows -> rows.stream().map(row -> row.getUUID(0)).toList());
    }

    /** Empty: it had ended, or there is none. */
    Uni<Optional<Batch>> setPaused(SqlConnection transaction, UUID id, boolean paused) {
        return transaction.preparedQuery(PAUSE).execute(Tuple.of(id, paused)).map(this::first);
    }

    /** Empty: it has not ended, or nothing failed. */
    Uni<Optional<Batch>> retryFailed(SqlConnection transaction, UUID id) {
        return transaction.preparedQuery(RETRY_FAILED).execute(Tuple.of(id)).map(this::first);
    }

    /** The same as the transaction sees it. Fails with {@link NoSuchBatchException}. */
    Uni<Batch> find(SqlConnection transaction, UUID id) {
        return transaction.preparedQuery(FIND).execute(Tuple.of(id)).map(rows -> first(rows)
                .orElseThrow(() -> new NoSuchBatchException(id)));
    }

    public Uni<Optional<Batch>> find(UUID id) {
        return query(FIND, Tuple.of(id)).map(this::first);
    }

    /** Batches of a type that were made before, the latest first. */
    public Uni<List<Batch>> listBefore(Instant time, String type, int limit) {
        return list(new UUID(time.toEpochMilli() << 16, 0), null, type, null, null, limit);
    }

    /** Those of these that exist. */
    public Uni<List<Batch>> findAll(Collection<UUID> ids) {
        return query(FIND_ALL, Tuple.of(ids.toArray(UUID[]::new))).map(this::all);
    }

    /**
     * The latest first. Every criterion may be null.
     *
     * @param before only those made before this one
     */
    public Uni<List<Batch>> list(
            @Nullable UUID before,
            @Nullable BatchStatus status,
            @Nullable String type,
            @Nullable String tenant,
            @Nullable UUID parent,
            int limit) {
        Listing listing = listing(before, status, type, tenant, parent, limit);
        return query(listing.sql(), Tuple.from(listing.parameters())).map(this::all);
    }

    record Listing(String sql, List<Object> parameters) {}

    /** With the criteria that are given alone: so there is an index for each, whatever the planner knows of parameters. */
    static Listing listing(
            @Nullable UUID before,
            @Nullable BatchStatus status,
            @Nullable String type,
            @Nullable String tenant,
            @Nullable UUID parent,
            int limit) {
        StringBuilder sql = new StringBuilder("SELECT * FROM batch_operations WHERE id < $1");
        List<Object> parameters = new ArrayList<>();
        parameters.add(before == null ? new UUID(-1, -1) : before);
        addCriterion(sql, parameters, "status", status == null ? null : status.wire());
        addCriterion(sql, parameters, "type", type);
        addCriterion(sql, parameters, "tenant", tenant);
        addCriterion(sql, parameters, "parent_id", parent);
        parameters.add(limit);
        sql.append(" ORDER BY id DESC LIMIT $").append(parameters.size());
        return new Listing(sql.toString(), parameters);
    }

    private static void addCriterion(
            StringBuilder sql, List<Object> parameters, String column, @Nullable Object value) {
        if (value != null) {
            parameters.add(value);
            sql.append(" AND ").append(column).append(" = $").append(parameters.size());
        }
    }

    /**
     * What became of items, in their order. Items that are not begun, and those that wait to run again, have the status pending.
     *
     * @param after the number of the last item that is known; -1: none is
     * @param status null: of all that were begun
     */
    public Uni<List<BatchItem>> items(Batch batch, long after, @Nullable ItemStatus status, int limit) {
        if (status == ItemStatus.PENDING) {
            return pending(batch, after, limit);
        }
        Tuple parameters = Tuple.from(
                new Object[] {batch.id(), after, status == null ? null : status.wire(), false, status == null, limit});
        return query(ITEMS, parameters).chain(rows -> withValues(batch, rows));
    }

    /**
     * Chunks that were begun, in that order. What is not begun is in no chunk: its size is decided when it begins.
     *
     * @param after the number of the last chunk that is known; -1: none is
     */
    public Uni<List<BatchChunk>> chunks(Batch batch, long after, int limit) {
        boolean ended = batch.status().isEnd();
        return query(CHUNKS, Tuple.of(batch.id(), after, limit))
                .map(rows -> rows.stream().map(row -> chunk(row, ended)).toList());
    }

    private static BatchChunk chunk(Row row, boolean batchEnded) {
        Instant finishedAt = instant(row, "finished_at");
        int failed = row.getInteger("failed");
        return new BatchChunk(
                row.getLong("chunk"),
                BatchChunk.State.of(finishedAt != null, failed, batchEnded),
                row.getLong("first_item"),
                row.getLong("last_item") - 1,
                row.getBoolean("retry"),
                row.getString("job_id"),
                row.getString("worker"),
                row.getInteger("attempts"),
                row.getInteger("completed"),
                failed,
                row.getInteger("skipped"),
                row.getOffsetDateTime("started_at").toInstant(),
                finishedAt);
    }

    /** Those that wait to run again come before those that were never begun, as their numbers do. */
    private Uni<List<BatchItem>> pending(Batch batch, long after, int limit) {
        Tuple again = Tuple.from(new Object[] {batch.id(), after, ItemStatus.FAILED.wire(), true, true, limit});
        return query(ITEMS, again).chain(rows -> withValues(batch, rows)).chain(retried -> {
            long first = Math.max(after + 1, batch.counts().begun());
            long last = Math.min(batch.counts().total(), first + limit - retried.size());
            return given(batch.id(), first, last).map(given -> {
                List<BatchItem> items = new ArrayList<>(retried);
                given.forEach(item -> items.add(BatchItem.pending(item.item(), item.value())));
                return items;
            });
        });
    }

    private Uni<List<BatchItem>> withValues(Batch batch, RowSet<Row> rows) {
        if (rows.size() == 0) {
            return Uni.createFrom().item(List.of());
        }
        List<Row> found = rows.stream().toList();
        long first = found.get(0).getLong("item");
        long last = found.get(found.size() - 1).getLong("item") + 1;
        // Failed items may lie far apart. What was given is shown where it can be had at a bounded price.
        boolean near = last - first <= 10L * ITEMS_PER_ROW;
        Uni<List<GivenItem>> given =
                near ? given(batch.id(), first, last) : Uni.createFrom().item(List.of());
        return given.map(values -> {
            Map<Long, JsonNode> byItem = new HashMap<>();
            values.forEach(value -> byItem.put(value.item(), value.value()));
            return found.stream()
                    .map(row -> item(row, byItem.get(row.getLong("item"))))
                    .toList();
        });
    }

    private static BatchItem item(Row row, @Nullable JsonNode value) {
        ItemStatus status = ItemStatus.ofWire(row.getString("status")).orElseThrow();
        boolean again = status == ItemStatus.FAILED && row.getInteger("round") < row.getInteger("retry_round");
        Object original = row.getValue("original");
        return new BatchItem(
                row.getLong("item"),
                again ? ItemStatus.PENDING : status,
                value,
                row.getString("target_type"),
                row.getString("target_id"),
                original == null ? null : Json.encode(original),
                row.getString("error"),
                row.getInteger("retries"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                row.getLong("duration_ms"));
    }

    /** The items from and to, exclusive, as they were given. */
    Uni<List<GivenItem>> given(UUID id, long from, long to) {
        if (from >= to) {
            return Uni.createFrom().item(List.of());
        }
        return query(FIND, Tuple.of(id)).chain(rows -> {
            Row batch = rows.iterator().next();
            return given(id, batch.getLong("range_from"), batch.getLong("range_size"), from, to);
        });
    }

    /** The same of a batch whose range is known. */
    Uni<List<GivenItem>> given(UUID id, long rangeFrom, long rangeSize, long from, long to) {
        List<GivenItem> items = new ArrayList<>();
        for (long item = from; item < Math.min(to, rangeSize); item++) {
            items.add(new GivenItem(item, json.getNodeFactory().numberNode(rangeFrom + item), null));
        }
        if (to <= rangeSize) {
            return Uni.createFrom().item(items);
        }
        long first = Math.max(from, rangeSize);
        return query(INPUTS, Tuple.of(id, first, to, (long) ITEMS_PER_ROW)).map(rows -> {
            for (Row row : rows) {
                addGiven(row, first, to, items);
            }
            return items;
        });
    }

    private void addGiven(Row row, long from, long to, List<GivenItem> into) {
        try {
            long first = row.getLong("first_item");
            JsonNode values = json.readTree(row.getString("items"));
            String unreadable = row.getString("unreadable");
            JsonObject faults = unreadable == null ? new JsonObject() : new JsonObject(unreadable);
            for (int i = 0; i < values.size(); i++) {
                if (first + i >= from && first + i < to) {
                    into.add(new GivenItem(first + i, values.get(i), faults.getString(String.valueOf(i))));
                }
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("inputs of a batch are no JSON", e);
        }
    }

    /** Forgets what ended before, and the days of items before it on which no batch that lives was made. */
    Uni<Integer> forgetBefore(Instant time) {
        LocalDate day = LocalDate.ofInstant(time, ZoneOffset.UTC);
        UUID bound = BatchIds.firstOf(day);
        return query(
                        "DELETE FROM batch_operations WHERE id < $1 AND finished_at < $2",
                        Tuple.of(bound, time.atOffset(ZoneOffset.UTC)))
                .map(RowSet::rowCount)
                .call(() -> query(FORGET_KEYS, Tuple.of(time.atOffset(ZoneOffset.UTC))))
                .call(() -> query("SELECT min(id::text) AS oldest FROM batch_operations WHERE id < $1", Tuple.of(bound))
                        .chain(rows -> {
                            String oldest = rows.iterator().next().getString(0);
                            LocalDate first = oldest == null
                                    ? day
                                    : LocalDate.ofInstant(BatchIds.timeOf(UUID.fromString(oldest)), ZoneOffset.UTC);
                            Uni<Void> all = Uni.createFrom().voidItem();
                            for (DayPartitions each : partitions) {
                                all = all.chain(() -> each.dropBefore(first).replaceWithVoid());
                            }
                            return all;
                        }));
    }

    Uni<RowSet<Row>> query(String sql, Tuple parameters) {
        return deadlined(pool.preparedQuery(sql).execute(parameters), DEADLINE);
    }

    private <T> Uni<T> deadlined(Uni<T> work, Duration deadline) {
        return deadlines.within(
                deadline, work, () -> new ConnectException("PostgreSQL gave no answer within " + deadline));
    }

    Optional<Batch> first(RowSet<Row> rows) {
        return rows.iterator().hasNext() ? Optional.of(batch(rows.iterator().next())) : Optional.empty();
    }

    private List<Batch> all(RowSet<Row> rows) {
        List<Batch> found = new ArrayList<>(rows.size());
        rows.forEach(row -> found.add(batch(row)));
        return found;
    }

    static Batch batch(Row row) {
        return new Batch(
                row.getUUID("id"),
                row.getString("type"),
                row.getString("name"),
                row.getString("tenant"),
                row.getUUID("parent_id"),
                BatchStatus.ofWire(row.getString("status")).orElseThrow(),
                row.getBoolean("paused"),
                new Batch.Counts(
                        row.getLong("total"),
                        row.getBoolean("sealed"),
                        row.getLong("next_item"),
                        row.getLong("retrying"),
                        row.getLong("completed"),
                        row.getLong("failed"),
                        row.getLong("skipped"),
                        row.getLong("children"),
                        row.getLong("children_open"),
                        row.getLong("children_failed")),
                new Batch.Settings(
                        row.getInteger("chunk_size"),
                        row.getBoolean("adaptive"),
                        sizes(row.getJsonArray("sizes")),
                        row.getInteger("concurrency"),
                        row.getShort("priority"),
                        ConflictStrategy.ofWire(row.getString("conflict")).orElseThrow()),
                new Batch.Times(
                        row.getOffsetDateTime("created_at").toInstant(),
                        instant(row, "start_at"),
                        instant(row, "started_at"),
                        row.getOffsetDateTime("updated_at").toInstant(),
                        instant(row, "finished_at")),
                errors(row.getJsonArray("error_summary")),
                row.getJsonObject("config"),
                numbers(row.getJsonObject("result")),
                row.getString("created_by"),
                row.getString("created_by_name"));
    }

    private static Map<String, Long> numbers(JsonObject object) {
        Map<String, Long> numbers = new TreeMap<>();
        object.fieldNames().forEach(name -> numbers.put(name, object.getLong(name)));
        return numbers;
    }

    private static List<Batch.SizeChange> sizes(JsonArray array) {
        List<Batch.SizeChange> sizes = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            JsonObject change = array.getJsonObject(i);
            sizes.add(new Batch.SizeChange(
                    OffsetDateTime.parse(change.getString("at")).toInstant(),
                    change.getInteger("from"),
                    change.getInteger("to"),
                    change.getString("why")));
        }
        return sizes;
    }

    private static List<Batch.ErrorKind> errors(JsonArray array) {
        List<Batch.ErrorKind> errors = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            JsonObject kind = array.getJsonObject(i);
            errors.add(new Batch.ErrorKind(
                    kind.getString("fingerprint"), kind.getString("sample"), kind.getLong("count")));
        }
        return errors;
    }

    /** For a column of the type jsonb. */
    JsonObject object(Object value) {
        return new JsonObject(text(value));
    }

    <T> T read(JsonObject object, Class<T> type) {
        try {
            return json.readValue(object.encode(), type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what is stored of a batch cannot be read", e);
        }
    }

    private String text(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON", e);
        }
    }

    static @Nullable OffsetDateTime time(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable Instant instant(Row row, String column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }
}
