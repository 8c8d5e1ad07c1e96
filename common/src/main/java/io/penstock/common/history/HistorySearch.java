package io.penstock.common.history;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Searches the history by anything, within a bound that does not depend on how much there is. A question that an index
 * answers is answered at once. One that no index answers within {@link #DEADLINE} is asked again of the {@link #EXAMINED}
 * latest rows behind its place alone; the answer then says how far that was, and the caller goes on from there. Fails with
 * {@link HistoryTooWideException} where even that takes long.
 */
@ApplicationScoped
public class HistorySearch {

    /** For a try that may come to nothing. With the second one behind it, an answer stays below 200 ms. */
    static final Duration DEADLINE = Duration.ofMillis(60);

    /** For a try that comes to something in a short history alone. */
    static final Duration HOPELESS = Duration.ofMillis(25);

    /** For a try that is bounded in itself: only a server in trouble needs so long. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Rows that the second try looks at. */
    public static final int EXAMINED = 2_000;

    /** Counts end here. */
    public static final int COUNTED = 10_000;

    /** Characters of an error that are told. */
    private static final int ERROR = 500;

    private static final int PAYLOAD = 4_096;

    /** Beyond PostgreSQL's own deadline: the answer's way, and a connection that is dead without saying so. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final String COLUMNS =
            """
            job_id, queue, type, state, attempt, max_attempts, stalls, priority, tenant, job_group, tags, enqueued_at, started_at, \
            ended_at, wait_ms, run_ms, worker, fingerprint, left(error, %d) AS error, NULL AS result, %s AS payload, \
            shortened, failure_kind""";

    private static final String ORDER = "ORDER BY ended_at DESC, job_id DESC, attempt DESC, state DESC";

    private static final String FIND = "SELECT %s FROM job_history WHERE %s " + ORDER + " LIMIT %s";

    /** Carries what the conditions are about along, and tells the last row that it looked at as well. */
    private static final String EXAMINE =
            """
            WITH examined AS MATERIALIZED (
                SELECT *, row_number() OVER (%1$s) AS number FROM (
                    SELECT * FROM job_history WHERE %2$s %1$s LIMIT %3$s
                ) AS latest
            )
            SELECT %4$s, number, %5$s AS matches FROM examined
            WHERE %5$s OR number = (SELECT max(number) FROM examined) ORDER BY number LIMIT %6$s""";

    private static final String COUNT = "SELECT count(*) FROM (SELECT 1 FROM job_history WHERE %s LIMIT %s) AS counted";

    private final Pool pool;

    @Inject
    public HistorySearch(Pool pool) {
        this.pool = pool;
    }

    /**
     * What is looked for.
     *
     * @param filter without a state
     * @param states rows of one of these states
     * @param text part of the error's beginning or of the payload, upper or lower case
     * @param payload values that the payload has to have
     */
    public record Question(
            HistoryTime time,
            HistoryFilter filter,
            Set<HistoryState> states,
            Optional<String> text,
            List<PayloadValue> payload) {

        /** Whether nothing but a look at each row can tell, of the completed ones, too, which are the most. */
        boolean needsEveryRow() {
            return (text.isPresent() || !payload.isEmpty())
                    && states.contains(HistoryState.COMPLETED)
                    && filter.jobId().isEmpty()
                    && filter.queue().isEmpty()
                    && filter.type().isEmpty()
                    && filter.tag().isEmpty()
                    && filter.tenant().isEmpty()
                    && filter.fingerprint().isEmpty()
                    && filter.group().isEmpty();
        }
    }

    /**
     * A scalar in the payload.
     *
     * @param path names of members, or positions in arrays
     * @param value its text as JSON writes it, strings without their quotes
     */
    public record PayloadValue(List<String> path, String value) {}

    /**
     * What was found.
     *
     * @param rows latest end first; errors cut, results left out
     * @param examined how many rows were looked at, as far as is known
     * @param complete false: the bound was met before the page was full
     * @param indexed false: no index led to the rows, so that to count them all would take as long
     * @param next where to go on; empty: there are no more
     */
    public record Found(
            List<HistoryRow> rows, int examined, boolean complete, boolean indexed, Optional<HistoryPlace> next) {}

    /**
     * One page.
     *
     * @param behind where the page before ended
     * @param limit rows, at least 1
     * @param payloads false leaves payloads out
     */
    public Uni<Found> page(Question question, Optional<HistoryPlace> behind, int limit, boolean payloads) {
        return runWithin(question.needsEveryRow() ? HOPELESS : DEADLINE, find(question, behind, limit, payloads))
                .map(rows -> found(rows, limit))
                .onFailure(HistoryQueries::tookTooLong)
                .recoverWithUni(() -> runWithin(PATIENCE, examine(question, behind, limit, payloads))
                        .map(rows -> examined(rows, limit)));
    }

    /** How many rows there are, {@link #COUNTED} and one for more than those; empty: not to be told in time. */
    public Uni<Optional<Integer>> count(Question question) {
        Conditions where = conditions(question, Optional.empty());
        HistoryQueries.Statement statement =
                where.into(conditions -> COUNT.formatted(conditions, where.numbered(COUNTED + 1)));
        return runWithin(DEADLINE, statement)
                .map(rows -> Optional.of(rows.iterator().next().getLong(0).intValue()))
                .onFailure(HistoryQueries::tookTooLong)
                .recoverWithItem(Optional.empty());
    }

    static HistoryQueries.Statement find(
            Question question, Optional<HistoryPlace> behind, int limit, boolean payloads) {
        Conditions where = conditions(question, behind);
        return where.into(conditions -> FIND.formatted(columns(payloads), conditions, where.numbered(limit + 1)));
    }

    static HistoryQueries.Statement examine(
            Question question, Optional<HistoryPlace> behind, int limit, boolean payloads) {
        Conditions driving = new Conditions();
        within(driving, question, behind);
        Conditions rest = new Conditions(driving);
        about(rest, question);
        if (rest.isEmpty()) {
            rest.and("true");
        }
        // A row without error or payload neither has the text nor lacks it.
        String matches = "coalesce(" + rest.text() + ", false)";
        return new HistoryQueries.Statement(
                EXAMINE.formatted(
                        ORDER,
                        driving.text(),
                        rest.numbered(EXAMINED),
                        columns(payloads),
                        matches,
                        rest.numbered(limit + 2)),
                rest.values());
    }

    private static String columns(boolean payloads) {
        return COLUMNS.formatted(
                ERROR, payloads ? "CASE WHEN length(payload::text) <= " + PAYLOAD + " THEN payload::text END" : "NULL");
    }

    private static Conditions conditions(Question question, Optional<HistoryPlace> behind) {
        Conditions where = new Conditions();
        within(where, question, behind);
        about(where, question);
        return where;
    }

    private static void within(Conditions where, Question question, Optional<HistoryPlace> behind) {
        where.within(question.time());
        behind.ifPresent(place -> where.and(
                "ended_at <= ? AND (ended_at, job_id, attempt, state) < (?, ?, ?, ?)",
                HistoryQueries.time(place.endedAt()),
                HistoryQueries.time(place.endedAt()),
                place.jobId(),
                place.attempt(),
                place.state()));
    }

    private static void about(Conditions where, Question question) {
        HistoryQueries.about(where, question.filter());
        String[] states = question.states().stream().map(HistoryState::wire).toArray(String[]::new);
        if (states.length < HistoryState.values().length) {
            where.and("state = ANY (?::text[])", (Object) states);
        }
        if (!question.states().contains(HistoryState.COMPLETED)) {
            // The index leaves the many out, and the planner has to see that it may be used.
            where.and("state <> 'completed'");
        }
        question.text().ifPresent(text -> {
            String part = "%" + HistoryQueries.literal(text) + "%";
            where.and("(left(error, " + HistoryFilter.SEARCHED + ") ILIKE ? OR payload::text ILIKE ?)", part, part);
        });
        for (PayloadValue wanted : question.payload()) {
            where.and("payload #>> ?::text[] = ?", wanted.path().toArray(String[]::new), wanted.value());
        }
    }

    private Uni<RowSet<Row>> runWithin(Duration deadline, HistoryQueries.Statement statement) {
        return HistoryQueries.run(pool, deadline, GRACE, statement);
    }

    /** One row more than was asked for: it tells that there is a next page. */
    private static Found found(RowSet<Row> found, int limit) {
        List<HistoryRow> rows = found.stream().map(HistoryQueries::row).toList();
        if (rows.size() <= limit) {
            return new Found(rows, rows.size(), true, true, Optional.empty());
        }
        List<HistoryRow> page = rows.subList(0, limit);
        return new Found(page, page.size(), true, true, Optional.of(HistoryPlace.of(page.get(limit - 1))));
    }

    private static Found examined(RowSet<Row> found, int limit) {
        List<HistoryRow> rows = new ArrayList<>();
        int examined = 0;
        Optional<HistoryPlace> last = Optional.empty();
        for (Row row : found) {
            HistoryRow read = HistoryQueries.row(row);
            if (row.getBoolean("matches") && rows.size() == limit) {
                return new Found(rows, examined, true, false, Optional.of(HistoryPlace.of(rows.get(limit - 1))));
            }
            examined = row.getLong("number").intValue();
            last = Optional.of(HistoryPlace.of(read));
            if (row.getBoolean("matches")) {
                rows.add(read);
            }
        }
        return examined < EXAMINED
                ? new Found(rows, examined, true, false, Optional.empty())
                : new Found(rows, examined, rows.size() == limit, false, last);
    }

    /**
     * Failures of one group, told apart by how long ago they were.
     *
     * @param slot how many times {@link #SLOT} ago; {@link #SLOTS}: longer ago than all slots
     * @param group what is known of the group beyond the time asked for; null: nothing any more
     */
    public record Failures(
            String fingerprint,
            String type,
            int slot,
            int count,
            Instant first,
            Instant last,
            @Nullable ErrorGroup group) {}

    /** Length of a slot. */
    public static final Duration SLOT = Duration.ofMinutes(5);

    public static final int SLOTS = 12;

    private static final String FAILURES =
            """
            WITH latest AS MATERIALIZED (
                SELECT fingerprint, type, queue, ended_at FROM job_history WHERE %s ORDER BY ended_at DESC LIMIT %s
            ), failures AS (
                SELECT fingerprint, type,
                    least(greatest(0, floor(extract(epoch FROM %s::timestamptz - ended_at) / %s))::integer, %s) AS slot,
                    count(*)::integer AS count, min(ended_at) AS first, max(ended_at) AS last
                FROM latest WHERE %s GROUP BY 1, 2, 3
            )
            SELECT f.*, g.sample, g.first_seen, g.last_seen, g.count AS total
            FROM failures AS f LEFT JOIN job_error_group AS g USING (fingerprint, type)""";

    /**
     * The {@link #COUNTED} latest failures of a time, by group.
     *
     * @param state {@link HistoryState#DEAD} or {@link HistoryState#FAILED}
     */
    public Uni<List<Failures>> failures(
            HistoryTime time, HistoryState state, Optional<String> queue, Optional<String> type, Instant now) {
        Uni<RowSet<Row>> latest =
                Uni.createFrom().deferred(() -> runWithin(PATIENCE, failures(time, state, queue, type, now, true)));
        // Of all, both are the same question.
        boolean all = queue.isEmpty() && type.isEmpty();
        Uni<RowSet<Row>> found = all
                ? latest
                : runWithin(DEADLINE, failures(time, state, queue, type, now, false))
                        .onFailure(HistoryQueries::tookTooLong)
                        .recoverWithUni(latest);
        return found.map(rows -> rows.stream().map(HistorySearch::failures).toList());
    }

    /** @param afterwards takes the latest of all queues and types, and then those that are meant */
    private static HistoryQueries.Statement failures(
            HistoryTime time,
            HistoryState state,
            Optional<String> queue,
            Optional<String> type,
            Instant now,
            boolean afterwards) {
        Conditions driving = new Conditions()
                .within(time)
                .and("fingerprint IS NOT NULL AND state = ? AND state <> 'completed'", state.wire());
        if (!afterwards) {
            meant(driving, queue, type);
        }
        Conditions last = new Conditions(driving);
        if (afterwards) {
            meant(last, queue, type);
        }
        String sql = FAILURES.formatted(
                driving.text(),
                last.numbered(COUNTED),
                last.numbered(HistoryQueries.time(now)),
                last.numbered(SLOT.toSeconds()),
                last.numbered(SLOTS),
                last.isEmpty() ? "true" : last.text());
        return new HistoryQueries.Statement(sql, last.values());
    }

    private static void meant(Conditions where, Optional<String> queue, Optional<String> type) {
        queue.ifPresent(name -> where.and("queue = ?", name));
        type.ifPresent(name -> where.and("type = ?", name));
    }

    private static Failures failures(Row row) {
        String sample = row.getString("sample");
        return new Failures(
                row.getString("fingerprint"),
                row.getString("type"),
                row.getInteger("slot"),
                row.getInteger("count"),
                HistoryQueries.required(row, "first"),
                HistoryQueries.required(row, "last"),
                sample == null
                        ? null
                        : new ErrorGroup(
                                row.getString("fingerprint"),
                                row.getString("type"),
                                sample,
                                row.getInteger("count"),
                                row.getLong("total"),
                                HistoryQueries.required(row, "first_seen"),
                                HistoryQueries.required(row, "last_seen")));
    }
}
