package io.penstock.common.offers;

import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which pages sweeps were asked for, and which batch reads which chunk of them. How far they are is what those batches say.
 *
 * <p>A chunk whose job was live already when its sweep started is read by the earlier sweep: its state and its pages are
 * those of the chunk that reads them.
 */
@ApplicationScoped
public class SweepStore {

    /** A chunk nobody has finished or given up, as far as the database knows. */
    record OpenChunk(String sweepId, int fromPage, String jobId) {}

    /**
     * A chunk that is to be read.
     *
     * @param totalPages the feed's last page as it said during this sweep; null: it has not said
     * @param batchId the batch of its pages; null: none has begun
     * @param arrived pages that a worker of an earlier release, which knew no batches of pages, has read
     */
    record Chunk(OfferStatus status, @Nullable Integer totalPages, @Nullable UUID batchId, Set<Integer> arrived) {}

    private static final String CREATE =
            """
            INSERT INTO sweeps (id, status, from_page, to_page, concurrency) VALUES ($1, $2, $3, $4, $5)
            """;

    private static final String CREATE_CHUNKS =
            """
            INSERT INTO sweep_chunks (sweep_id, from_page, to_page, job_id, read_by_sweep)
            SELECT $1, c.from_page, c.to_page, c.job_id, $1
            FROM unnest($2::integer[], $3::integer[], $4::text[]) AS c(from_page, to_page, job_id)
            """;

    private static final String DELETE = "DELETE FROM sweeps WHERE id = $1";

    private static final String ADOPT =
            """
            UPDATE sweep_chunks c SET read_by_sweep = r.reader
            FROM unnest($2::text[], $3::text[]) AS r(job_id, reader)
            WHERE c.sweep_id = $1 AND c.job_id = r.job_id
            """;

    private static final String LATEST_READER =
            """
            SELECT c.sweep_id FROM sweep_chunks c JOIN sweeps s ON s.id = c.sweep_id
            WHERE c.job_id = $1 AND c.read_by_sweep = c.sweep_id AND c.sweep_id <> $2
            ORDER BY s.started_at DESC LIMIT 1
            """;

    private static final String UNFINISHED_LIKE =
            """
            SELECT s.id FROM sweeps s
            WHERE s.status = $1 AND s.from_page = $2 AND s.to_page = $3
              AND EXISTS (SELECT FROM sweep_chunk_states c WHERE c.sweep_id = s.id AND c.state = 'OPEN')
            ORDER BY s.started_at DESC LIMIT 1
            """;

    private static final String OPEN_CHUNKS =
            """
            SELECT reader, from_page, job_id FROM sweep_chunk_states WHERE sweep_id = $1 AND state = 'OPEN'
            """;

    /** A job that is merely absent may not be there yet: a sweep's rows are written before its jobs are enqueued. */
    private static final String CHUNK_DIED =
            """
            UPDATE sweep_chunks c SET state = 'DEAD', dead_reason = $3, finished_at = now()
            FROM sweeps s
            WHERE c.sweep_id = $1 AND c.from_page = $2 AND c.state = 'OPEN'
              AND s.id = c.sweep_id AND ($4 OR s.started_at < now() - interval '1 minute')
            """;

    private static final String FIND_CHUNK =
            """
            SELECT s.status, s.total_pages, c.batch_id, ARRAY(
                SELECT p.page FROM sweep_pages p WHERE p.sweep_id = s.id AND p.done_at IS NOT NULL) AS arrived
            FROM sweeps s JOIN sweep_chunks c ON c.sweep_id = s.id
            WHERE s.id = $1 AND c.from_page = $2 AND c.to_page = $3
            """;

    private static final String NAME_BATCH =
            """
            UPDATE sweep_chunks SET batch_id = $3 WHERE sweep_id = $1 AND from_page = $2 AND batch_id IS NULL
            """;

    private static final String FEED_ENDS =
            """
            UPDATE sweeps SET total_pages = $2 WHERE id = $1 AND total_pages IS DISTINCT FROM $2
            """;

    /** What a batch counts of its pages. */
    private static final String OFFERS = "offers";

    /** Marks counts of unreadable fields among those of skipped offers. */
    private static final String OF_FIELD = "field:";

    /** Pages of chunks that are no batches, or were none yet, are those that a worker of an earlier release noted. */
    private static final String PROGRESS =
            """
            WITH chunk AS (
                SELECT * FROM sweep_chunk_states WHERE sweep_id = $1
            ), chunks AS (
                SELECT count(*) AS total, count(*) FILTER (WHERE state = 'DONE') AS done,
                    count(*) FILTER (WHERE state = 'DEAD') AS dead, max(finished_at) AS finished_at
                FROM chunk
            ), part AS (
                SELECT pages, coalesce((result ->> 'offers')::bigint, 0) AS offers, result - 'offers' AS skipped
                FROM chunk WHERE batch_since IS NOT NULL
                UNION ALL SELECT 1, p.offers_stored, p.skipped
                FROM chunk JOIN sweep_pages p
                    ON p.sweep_id = chunk.reader AND p.page BETWEEN chunk.from_page AND chunk.to_page
                WHERE p.done_at IS NOT NULL AND (batch_since IS NULL OR p.done_at < batch_since)
            ), pages AS (
                SELECT coalesce(sum(pages), 0)::integer AS done, coalesce(sum(offers), 0)::bigint AS offers FROM part
            ), skipped AS (
                SELECT coalesce(jsonb_object_agg(reason, offers), '{}') AS by_reason
                FROM (SELECT key AS reason, sum(value::bigint) AS offers
                      FROM part, jsonb_each_text(part.skipped) GROUP BY key) AS reasons
            )
            SELECT s.id, s.to_page - s.from_page + 1 AS pages_expected, s.started_at,
                chunks.total AS chunks, chunks.done AS chunks_done, chunks.dead AS chunks_dead, chunks.finished_at,
                pages.done AS pages_done, pages.offers, skipped.by_reason
            FROM sweeps s, chunks, pages, skipped
            WHERE s.id = $1
            """;

    private final Pool pool;

    @Inject
    public SweepStore(Pool pool) {
        this.pool = pool;
    }

    Uni<Void> create(String sweepId, SweepRequest request, List<SweepChunk> chunks) {
        Tuple sweep =
                Tuple.of(sweepId, request.status(), request.startPage(), request.lastPage(), request.concurrency());
        Tuple rows = Tuple.of(
                sweepId,
                chunks.stream().map(SweepChunk::fromPage).toArray(Integer[]::new),
                chunks.stream().map(SweepChunk::toPage).toArray(Integer[]::new),
                chunks.stream().map(SweepChunk::jobId).toArray(String[]::new));
        return pool.withTransaction(connection -> connection
                .preparedQuery(CREATE)
                .execute(sweep)
                .chain(() -> connection.preparedQuery(CREATE_CHUNKS).execute(rows))
                .replaceWithVoid());
    }

    Uni<Void> delete(String sweepId) {
        return pool.preparedQuery(DELETE).execute(Tuple.of(sweepId)).replaceWithVoid();
    }

    /** Leaves chunks to the sweeps that read them already; {@code readerByJobId} maps job id to sweep id. */
    Uni<Void> adopt(String sweepId, Map<String, String> readerByJobId) {
        String[] jobIds = readerByJobId.keySet().toArray(String[]::new);
        String[] readers = readerByJobId.values().toArray(String[]::new);
        return pool.preparedQuery(ADOPT)
                .execute(Tuple.of(sweepId, jobIds, readers))
                .replaceWithVoid();
    }

    /** The sweep, other than the given one, that a job of this id was last enqueued for. */
    Uni<Optional<String>> latestReader(String jobId, String otherThan) {
        return pool.preparedQuery(LATEST_READER)
                .execute(Tuple.of(jobId, otherThan))
                .map(SweepStore::firstText);
    }

    /** The latest sweep of the same pages and status that has an open chunk. */
    Uni<Optional<String>> unfinishedLike(SweepRequest request) {
        return pool.preparedQuery(UNFINISHED_LIKE)
                .execute(Tuple.of(request.status(), request.startPage(), request.lastPage()))
                .map(SweepStore::firstText);
    }

    Uni<List<OpenChunk>> openChunks(String sweepId) {
        return pool.preparedQuery(OPEN_CHUNKS).execute(Tuple.of(sweepId)).map(rows -> {
            List<OpenChunk> chunks = new ArrayList<>(rows.size());
            for (Row row : rows) {
                chunks.add(new OpenChunk(row.getString(0), row.getInteger(1), row.getString(2)));
            }
            return chunks;
        });
    }

    /** Does nothing when the chunk is done by now; {@code certain} false: nor when its sweep has just started. */
    Uni<Void> chunkDied(OpenChunk chunk, String reason, boolean certain) {
        return pool.preparedQuery(CHUNK_DIED)
                .execute(Tuple.of(chunk.sweepId(), chunk.fromPage(), reason, certain))
                .replaceWithVoid();
    }

    Uni<Optional<SweepProgress>> progress(String sweepId) {
        return pool.preparedQuery(PROGRESS).execute(Tuple.of(sweepId)).map(rows -> {
            for (Row row : rows) {
                return Optional.of(progress(row));
            }
            return Optional.empty();
        });
    }

    /** Empty: no sweep has the id, or none of its chunks are these pages. */
    Uni<Optional<Chunk>> chunk(FullChunk chunk) {
        return pool.preparedQuery(FIND_CHUNK)
                .execute(Tuple.of(chunk.sweepId(), chunk.fromPage(), chunk.toPage()))
                .map(rows -> {
                    for (Row row : rows) {
                        return Optional.of(new Chunk(
                                OfferStatus.of(row.getString(0)),
                                row.getInteger(1),
                                row.getUUID(2),
                                Set.of(row.getArrayOfIntegers(3))));
                    }
                    return Optional.empty();
                });
    }

    /** Within the transaction that makes the batch. Fails where another run of the job was quicker. */
    Uni<Void> nameBatch(SqlConnection transaction, FullChunk chunk, UUID batchId) {
        return transaction
                .preparedQuery(NAME_BATCH)
                .execute(Tuple.of(chunk.sweepId(), chunk.fromPage(), batchId))
                .invoke(rows -> {
                    if (rows.rowCount() == 0) {
                        throw new IllegalStateException("another run of this job has begun to read the pages");
                    }
                })
                .replaceWithVoid();
    }

    /** Notes the feed's last page. */
    public Uni<Void> feedEndsWith(SqlConnection connection, String sweepId, int totalPages) {
        return connection
                .preparedQuery(FEED_ENDS)
                .execute(Tuple.of(sweepId, totalPages))
                .replaceWithVoid();
    }

    /**
     * What the batch of a chunk counts of a page that arrived.
     *
     * @param skipped offers that were left out, by reason
     * @param unreadable fields that were left out, by name
     */
    public static Map<String, Long> counted(
            int offersStored, Map<String, Integer> skipped, Map<String, Integer> unreadable) {
        Map<String, Long> counts = new HashMap<>();
        counts.put(OFFERS, (long) offersStored);
        skipped.forEach((reason, count) -> counts.put(reason, (long) count));
        unreadable.forEach((field, count) -> counts.put(OF_FIELD + field, (long) count));
        return counts;
    }

    /** How many offers these counts say were stored. */
    public static int offersOf(Map<String, Long> counts) {
        return counts.getOrDefault(OFFERS, 0L).intValue();
    }

    private static SweepProgress progress(Row row) {
        int chunks = row.getInteger("chunks");
        int done = row.getInteger("chunks_done");
        int dead = row.getInteger("chunks_dead");
        SweepProgress.State state = SweepProgress.State.of(chunks, done, dead);
        return new SweepProgress(
                row.getString("id"),
                state,
                row.getInteger("pages_expected"),
                row.getInteger("pages_done"),
                row.getLong("offers"),
                counts(row.getJsonObject("by_reason"), false),
                counts(row.getJsonObject("by_reason"), true),
                chunks,
                done,
                dead,
                row.getOffsetDateTime("started_at").toInstant(),
                state == SweepProgress.State.RUNNING ? null : instant(row.getOffsetDateTime("finished_at")));
    }

    private static Map<String, Long> counts(JsonObject byReason, boolean ofFields) {
        Map<String, Long> counts = new TreeMap<>();
        byReason.fieldNames().stream()
                .filter(reason -> reason.startsWith(OF_FIELD) == ofFields)
                .forEach(reason ->
                        counts.put(ofFields ? reason.substring(OF_FIELD.length()) : reason, byReason.getLong(reason)));
        return counts;
    }

    private static Optional<String> firstText(RowSet<Row> rows) {
        for (Row row : rows) {
            return Optional.of(row.getString(0));
        }
        return Optional.empty();
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
