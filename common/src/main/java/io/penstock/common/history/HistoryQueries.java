package io.penstock.common.history;

import io.penstock.common.job.FailureKind;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.sqlclient.DatabaseException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about the history. Each is bounded three times: by a time, so that only the partitions of its days are
 * looked at; by a number of rows; and by a deadline that PostgreSQL itself keeps, so that no forgotten statement goes on.
 * Fails with {@link HistoryTooWideException} at that deadline.
 */
@ApplicationScoped
public class HistoryQueries {

    /** Beyond PostgreSQL's own deadline: the answer's way, and a connection that is dead without saying so. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** For a try that may come to nothing. */
    private static final Duration WALK = Duration.ofMillis(40);

    /** Failures that this try looks at. */
    private static final int WALKED = 2_000;

    private static final String CANCELED = "57014";

    /** The part of an error that is searched, as its index has it. */
    private static final String SEARCHED = "left(error, " + HistoryFilter.SEARCHED + ")";

    private static final String COLUMNS =
            """
            job_id, queue, type, state, attempt, max_attempts, stalls, priority, tenant, job_group, tags, enqueued_at, started_at,
                ended_at, wait_ms, run_ms, worker, fingerprint, error, result::text AS result, payload::text AS payload,
                shortened, failure_kind""";

    private static final String ORDER = "ORDER BY ended_at DESC, job_id DESC, attempt DESC, state DESC";

    private static final String FIND = "SELECT " + COLUMNS + " FROM job_history WHERE %s " + ORDER + " LIMIT %s";

    private static final String WALK_BACK = "SELECT " + COLUMNS + " FROM (SELECT * FROM job_history WHERE %s " + ORDER
            + " LIMIT %s) AS failures WHERE %s " + ORDER + " LIMIT %s";

    private static final String ENDS =
            """
            SELECT DISTINCT ON (job_id) %s
            FROM job_history
            WHERE job_id = ANY ($1::text[]) AND ended_at >= $2 AND ended_at < $3 AND state <> 'failed'
            ORDER BY job_id, ended_at DESC"""
                    .formatted(COLUMNS);

    private static final String COUNT_ERRORS =
            """
            SELECT h.fingerprint, h.type, h.count, coalesce(g.count, h.count) AS total, coalesce(g.sample, '') AS sample,
                coalesce(g.first_seen, h.first_seen) AS first_seen, coalesce(g.last_seen, h.last_seen) AS last_seen
            FROM (
                SELECT fingerprint, type, count(*) AS count, min(ended_at) AS first_seen, max(ended_at) AS last_seen
                FROM job_history WHERE fingerprint IS NOT NULL AND %s
                GROUP BY fingerprint, type
                ORDER BY count(*) DESC, fingerprint, type LIMIT %s
            ) AS h LEFT JOIN job_error_group g USING (fingerprint, type)
            ORDER BY h.count DESC, h.fingerprint, h.type""";

    private final Pool pool;
    private final Duration deadline;

    @Inject
    public HistoryQueries(Pool pool, HistoryConfig config) {
        this(pool, config.lookUpDeadline());
    }

    /** @param deadline how long PostgreSQL may work on one question */
    public HistoryQueries(Pool pool, Duration deadline) {
        this.pool = pool;
        this.deadline = deadline;
    }

    /** A statement put together from the constants above and of this class's methods; values travel apart. */
    record Statement(String sql, List<Object> values) {}

    public Uni<HistoryPage> find(HistoryQuery query) {
        return query.filter().error().isEmpty() ? findAmongAll(query) : findAmongLatest(query);
    }

    private Uni<HistoryPage> findAmongAll(HistoryQuery query) {
        return run(statement(query)).map(rows -> page(query, rows));
    }

    /** An error that many failures have is soon found so, while its index would collect all of them first. */
    private Uni<HistoryPage> findAmongLatest(HistoryQuery query) {
        return run(pool, WALK, GRACE, walk(query))
                .map(rows -> Optional.of(rows).filter(found -> found.size() > query.limit()))
                .onFailure(HistoryQueries::tookTooLong)
                .recoverWithItem(Optional.empty())
                .chain(full -> full.isPresent() ? Uni.createFrom().item(page(query, full.get())) : findAmongAll(query));
    }

    /** The latest row of a job; empty where the time has none. */
    public Uni<Optional<HistoryRow>> latest(String jobId, HistoryTime time) {
        return find(HistoryQuery.first(time, HistoryFilter.ofJob(jobId), 1))
                .map(page -> page.rows().stream().findFirst());
    }

    /** The latest ends of jobs, by job id; jobs of whose end the time has no row are left out. */
    public Uni<Map<String, HistoryRow>> ends(Collection<String> jobIds, HistoryTime time) {
        List<Object> values = List.of(jobIds.toArray(String[]::new), time(time.from()), time(time.to()));
        return run(new Statement(ENDS, values)).map(rows -> {
            Map<String, HistoryRow> ends = new HashMap<>();
            rows.forEach(row -> ends.put(row.getString("job_id"), row(row)));
            return ends;
        });
    }

    /**
     * The most frequent errors of a time, most frequent first.
     *
     * @param limit groups, 1 to {@link HistoryQuery#MAX_LIMIT}
     */
    public Uni<List<ErrorGroup>> errors(HistoryTime time, Optional<String> queue, Optional<String> type, int limit) {
        return run(errorsStatement(time, queue, type, limit)).map(rows -> rows.stream()
                .map(row -> new ErrorGroup(
                        row.getString("fingerprint"),
                        row.getString("type"),
                        row.getString("sample"),
                        row.getLong("count"),
                        row.getLong("total"),
                        required(row, "first_seen"),
                        required(row, "last_seen")))
                .toList());
    }

    static Statement statement(HistoryQuery query) {
        Conditions where = from(query);
        about(where, query.filter());
        return into(where, FIND, query.limit() + 1);
    }

    /** Those with the error among the latest failures. */
    static Statement walk(HistoryQuery query) {
        Conditions failures = from(query).and("error IS NOT NULL");
        aboutAllButErrors(failures, query.filter());
        Conditions all = new Conditions(failures);
        aboutErrors(all, query.filter());
        return new Statement(
                WALK_BACK.formatted(failures.text(), all.numbered(WALKED), all.text(), all.numbered(query.limit() + 1)),
                all.values());
    }

    private static Conditions from(HistoryQuery query) {
        Conditions where = new Conditions().within(query.timeLeft());
        query.after()
                .ifPresent(cursor -> where.and(
                        "(ended_at, job_id, attempt, state) < (?, ?, ?, ?)",
                        time(cursor.endedAt()),
                        cursor.jobId(),
                        cursor.attempt(),
                        cursor.state()));
        return where;
    }

    private static Statement into(Conditions where, String template, int limit) {
        return where.into(conditions -> template.formatted(conditions, where.numbered(limit)));
    }

    /** What a filter asks for. */
    static void about(Conditions where, HistoryFilter filter) {
        aboutAllButErrors(where, filter);
        aboutErrors(where, filter);
    }

    private static void aboutAllButErrors(Conditions where, HistoryFilter filter) {
        filter.jobId().ifPresent(id -> where.and("job_id = ?", id));
        filter.queue().ifPresent(queue -> where.and("queue = ?", queue));
        filter.type().ifPresent(type -> where.and("type = ?", type));
        filter.state().ifPresent(state -> {
            where.and("state = ?", state.wire());
            if (state != HistoryState.COMPLETED) {
                // The index leaves the many out, and the planner has to see that it may be used.
                where.and("state <> 'completed'");
            }
        });
        filter.tag().ifPresent(tag -> where.and("tags @> ARRAY[?::text]", tag));
        filter.tenant().ifPresent(tenant -> where.and("tenant = ?", tenant));
        filter.group().ifPresent(group -> where.and("job_group = ?", group));
        filter.fingerprint().ifPresent(fingerprint -> where.and("fingerprint = ?", fingerprint));
    }

    private static void aboutErrors(Conditions where, HistoryFilter filter) {
        filter.error()
                .ifPresent(text -> where.and(SEARCHED + " ILIKE ? AND error IS NOT NULL", "%" + literal(text) + "%"));
    }

    static Statement errorsStatement(HistoryTime time, Optional<String> queue, Optional<String> type, int limit) {
        Conditions where = new Conditions().within(time);
        queue.ifPresent(name -> where.and("queue = ?", name));
        type.ifPresent(name -> where.and("type = ?", name));
        return into(where, COUNT_ERRORS, limit);
    }

    private Uni<RowSet<Row>> run(Statement statement) {
        return run(pool, deadline, GRACE, statement);
    }

    /** Runs a statement that PostgreSQL itself breaks off; fails with {@link HistoryTooWideException} then. */
    static Uni<RowSet<Row>> run(Pool pool, Duration deadline, Duration grace, Statement statement) {
        return pool.withTransaction(connection -> connection
                        .query("SET LOCAL statement_timeout = " + deadline.toMillis())
                        .execute()
                        .chain(() -> connection.preparedQuery(statement.sql()).execute(Tuple.from(statement.values()))))
                .ifNoItem()
                .after(deadline.plus(grace))
                .fail()
                .onFailure(failure -> failure instanceof DatabaseException e && CANCELED.equals(e.getSqlState()))
                .transform(failure -> new HistoryTooWideException(deadline));
    }

    static boolean tookTooLong(Throwable failure) {
        return failure instanceof HistoryTooWideException || failure instanceof TimeoutException;
    }

    /** One row more than the page was asked for: it tells that there is a next page. */
    private static HistoryPage page(HistoryQuery query, RowSet<Row> found) {
        List<HistoryRow> rows = found.stream().map(HistoryQueries::row).toList();
        if (rows.size() <= query.limit()) {
            return new HistoryPage(rows, query.time(), null);
        }
        List<HistoryRow> page = rows.subList(0, query.limit());
        HistoryCursor next = HistoryCursor.behind(page.get(page.size() - 1), query.time());
        return new HistoryPage(page, query.time(), next.encode(query.filter()));
    }

    static HistoryRow row(Row row) {
        String[] tags = row.getArrayOfStrings("tags");
        return HistoryRow.builder(
                        row.getString("job_id"),
                        row.getString("queue"),
                        row.getString("type"),
                        row.getString("state"),
                        required(row, "enqueued_at"),
                        required(row, "ended_at"))
                .attempt(row.getInteger("attempt"))
                .maxAttempts(row.getInteger("max_attempts"))
                .stalls(row.getInteger("stalls"))
                .priority(row.getShort("priority"))
                .tenant(row.getString("tenant"))
                .group(row.getString("job_group"))
                .tags(tags == null ? List.of() : Arrays.asList(tags))
                .startedAt(instant(row, "started_at"))
                .waitMs(row.getLong("wait_ms"))
                .runMs(row.getLong("run_ms"))
                .worker(row.getString("worker"))
                .fingerprint(row.getString("fingerprint"))
                .error(row.getString("error"))
                .failureKind(FailureKind.ofWire(row.getString("failure_kind")))
                .result(row.getString("result"))
                .payload(row.getString("payload"))
                .shortened(row.getBoolean("shortened"))
                .build();
    }

    private static @Nullable Instant instant(Row row, String column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }

    static Instant required(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    static OffsetDateTime time(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    /** No character of the caller's is a wildcard. */
    static String literal(String text) {
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }
}
