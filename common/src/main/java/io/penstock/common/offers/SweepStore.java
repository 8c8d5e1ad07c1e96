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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of sweeps, their chunks and their pages.
 *
 * <p>A chunk whose job was live already when its sweep started is read by the earlier sweep: its state and its pages are
 * those of the chunk that reads them.
 */
@ApplicationScoped
public class SweepStore {

    /** A chunk nobody has finished or given up, as far as the database knows. */
    record OpenChunk(String sweepId, int fromPage, String jobId) {}

    /**
     * A page that has not arrived.
     *
     * @param failures how often it was tried in vain since it was last given up
     * @param lastFailure why the last try was in vain; null: not tried yet
     */
    public record MissingPage(int page, int failures, @Nullable String lastFailure) {}

    /**
     * One sweep.
     *
     * @param totalPages the feed's last page as it said during this sweep; null: it has not said
     */
    public record Sweep(String id, OfferStatus status, @Nullable Integer totalPages) {}

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
              AND EXISTS (
                  SELECT FROM sweep_chunks c
                  JOIN sweep_chunks r ON r.sweep_id = c.read_by_sweep AND r.from_page = c.from_page
                  WHERE c.sweep_id = s.id AND r.state = 'OPEN')
            ORDER BY s.started_at DESC LIMIT 1
            """;

    private static final String OPEN_CHUNKS =
            """
            SELECT r.sweep_id, r.from_page, r.job_id
            FROM sweep_chunks c JOIN sweep_chunks r ON r.sweep_id = c.read_by_sweep AND r.from_page = c.from_page
            WHERE c.sweep_id = $1 AND r.state = 'OPEN'
            """;

    /** A job that is merely absent may not be there yet: a sweep's rows are written before its jobs are enqueued. */
    private static final String CHUNK_DIED =
            """
            UPDATE sweep_chunks c SET state = 'DEAD', dead_reason = $3, finished_at = now()
            FROM sweeps s
            WHERE c.sweep_id = $1 AND c.from_page = $2 AND c.state = 'OPEN'
              AND s.id = c.sweep_id AND ($4 OR s.started_at < now() - interval '1 minute')
            """;

    private static final String CHUNK_DONE =
            """
            UPDATE sweep_chunks SET state = 'DONE', dead_reason = NULL, finished_at = now()
            WHERE sweep_id = $1 AND from_page = $2 AND to_page = $3
            """;

    private static final String FIND = "SELECT id, status, total_pages FROM sweeps WHERE id = $1";

    private static final String MISSING_PAGES =
            """
            SELECT g.page, coalesce(p.failures, 0) AS failures, p.last_failure
            FROM generate_series($2::integer, $3::integer) AS g(page)
            LEFT JOIN sweep_pages p ON p.sweep_id = $1 AND p.page = g.page
            WHERE p.done_at IS NULL
            ORDER BY failures, g.page
            """;

    /** Marks counts of unreadable fields among those of skipped offers, which stand in one column. */
    private static final String OF_FIELD = "field:";

    private static final String FORGET_FAILURES =
            """
            UPDATE sweep_pages SET failures = 0
            WHERE sweep_id = $1 AND page BETWEEN $2 AND $3 AND done_at IS NULL
            """;

    private static final String PAGE_DONE =
            """
            WITH said AS (
                UPDATE sweeps SET total_pages = $5 WHERE id = $1 AND total_pages IS DISTINCT FROM $5 AND $5 IS NOT NULL
            )
            INSERT INTO sweep_pages (sweep_id, page, done_at, offers_stored, skipped)
            VALUES ($1, $2, now(), $3, $4)
            ON CONFLICT (sweep_id, page) DO UPDATE SET
                done_at = EXCLUDED.done_at, offers_stored = EXCLUDED.offers_stored, skipped = EXCLUDED.skipped
            WHERE sweep_pages.done_at IS NULL
            """;

    private static final String PAGES_BEHIND_END =
            """
            INSERT INTO sweep_pages (sweep_id, page, done_at)
            SELECT $1, page, now() FROM unnest($2::integer[]) AS p(page)
            ON CONFLICT (sweep_id, page) DO UPDATE SET done_at = EXCLUDED.done_at WHERE sweep_pages.done_at IS NULL
            """;

    private static final String PAGE_FAILED =
            """
            INSERT INTO sweep_pages (sweep_id, page, failures, last_failure) VALUES ($1, $2, $3, $4)
            ON CONFLICT (sweep_id, page) DO UPDATE SET
                failures = EXCLUDED.failures, last_failure = EXCLUDED.last_failure
            WHERE sweep_pages.done_at IS NULL
            """;

    private static final String PROGRESS =
            """
            WITH chunk AS (
                SELECT r.sweep_id, r.from_page, r.to_page, r.state, r.finished_at
                FROM sweep_chunks c JOIN sweep_chunks r ON r.sweep_id = c.read_by_sweep AND r.from_page = c.from_page
                WHERE c.sweep_id = $1
            ), chunks AS (
                SELECT count(*) AS total, count(*) FILTER (WHERE state = 'DONE') AS done,
                    count(*) FILTER (WHERE state = 'DEAD') AS dead, max(finished_at) AS finished_at
                FROM chunk
            ), page AS (
                SELECT p.offers_stored, p.skipped
                FROM chunk JOIN sweep_pages p
                    ON p.sweep_id = chunk.sweep_id AND p.page BETWEEN chunk.from_page AND chunk.to_page
                WHERE p.done_at IS NOT NULL
            ), pages AS (
                SELECT count(*) AS done, coalesce(sum(offers_stored), 0) AS offers FROM page
            ), skipped AS (
                SELECT coalesce(jsonb_object_agg(reason, offers), '{}') AS by_reason
                FROM (SELECT key AS reason, sum(value::bigint) AS offers
                      FROM page, jsonb_each_text(page.skipped) GROUP BY key) AS reasons
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

    public Uni<Optional<Sweep>> find(String sweepId) {
        return pool.preparedQuery(FIND).execute(Tuple.of(sweepId)).map(rows -> {
            for (Row row : rows) {
                return Optional.of(new Sweep(row.getString(0), OfferStatus.of(row.getString(1)), row.getInteger(2)));
            }
            return Optional.empty();
        });
    }

    /** Pages of the range that have not arrived, those that failed least first. */
    public Uni<List<MissingPage>> missingPages(String sweepId, int fromPage, int toPage) {
        return pool.preparedQuery(MISSING_PAGES)
                .execute(Tuple.of(sweepId, fromPage, toPage))
                .map(rows -> {
                    List<MissingPage> pages = new ArrayList<>(rows.size());
                    for (Row row : rows) {
                        pages.add(new MissingPage(row.getInteger(0), row.getInteger(1), row.getString(2)));
                    }
                    return pages;
                });
    }

    /** Gives pages that were given up a new chance. */
    public Uni<Void> forgetFailures(String sweepId, int fromPage, int toPage) {
        return pool.preparedQuery(FORGET_FAILURES)
                .execute(Tuple.of(sweepId, fromPage, toPage))
                .replaceWithVoid();
    }

    /** Marks a page as arrived, within the transaction that stores its offers. */
    public Uni<Void> pageDone(
            SqlConnection connection,
            String sweepId,
            int page,
            int offersStored,
            Map<String, Integer> skipped,
            Map<String, Integer> unreadable,
            @Nullable Integer totalPages) {
        JsonObject counts = new JsonObject(new TreeMap<>(skipped));
        unreadable.forEach((field, count) -> counts.put(OF_FIELD + field, count));
        return connection
                .preparedQuery(PAGE_DONE)
                .execute(Tuple.of(sweepId, page, offersStored, counts, totalPages))
                .replaceWithVoid();
    }

    /** Marks pages that the feed does not have as arrived, and empty. */
    public Uni<Void> pagesBehindEnd(String sweepId, Collection<Integer> pages) {
        return pool.preparedQuery(PAGES_BEHIND_END)
                .execute(Tuple.of(sweepId, pages.toArray(Integer[]::new)))
                .replaceWithVoid();
    }

    /** Notes how often a page has failed by now, and why. */
    public Uni<Void> pageFailed(String sweepId, int page, int failures, String reason) {
        return pool.preparedQuery(PAGE_FAILED)
                .execute(Tuple.of(sweepId, page, failures, reason))
                .replaceWithVoid();
    }

    /** Marks the chunk of exactly these pages as arrived. */
    public Uni<Void> chunkDone(String sweepId, int fromPage, int toPage) {
        return pool.preparedQuery(CHUNK_DONE)
                .execute(Tuple.of(sweepId, fromPage, toPage))
                .replaceWithVoid();
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
