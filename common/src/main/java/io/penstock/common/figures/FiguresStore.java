package io.penstock.common.figures;

import io.penstock.common.figures.QueueFigures.Depth;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The figures and the marks in PostgreSQL. Every question is bounded by steps: a window has less than two hundred. */
@ApplicationScoped
public class FiguresStore {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final int MOST_MARKS = 200;

    private static final String CLAIM =
            """
            UPDATE figures_progress SET written_until = $1 WHERE written_until < $1 RETURNING 1""";

    private static final String ADD =
            """
            INSERT INTO queue_figures (step_s, at, queue, enqueued, completed, failed, died, dropped, waiting, active, delayed,
                dead, oldest_wait_ms, paused, waited, ran)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            ON CONFLICT DO NOTHING""";

    private static final String OF_QUEUE =
            """
            SELECT * FROM queue_figures WHERE queue = $1 AND step_s = $2 AND at >= $3 AND at < $4 ORDER BY at LIMIT 2000""";

    private static final String OF_STEPS = "SELECT * FROM queue_figures WHERE step_s = $1 AND at >= $2 AND at < $3";

    private static final String WAITING =
            """
            SELECT queue, at, waiting, enqueued, completed FROM queue_figures
            WHERE step_s = 60 AND at >= $1 AND at < $2 AND queue <> ''""";

    private static final String SUMS =
            """
            SELECT coalesce(sum(completed), 0)::bigint AS completed, coalesce(sum(failed), 0)::bigint AS failed,
                coalesce(sum(died), 0)::bigint AS died
            FROM queue_figures WHERE queue = '' AND ((step_s = 600 AND at >= $1 AND at < $2) OR (step_s = 60 AND at >= $2))""";

    private static final String PRUNE =
            """
            DELETE FROM queue_figures WHERE (step_s = 60 AND at < $1::timestamptz - interval '26 hours')
                OR (step_s = 600 AND at < $1::timestamptz - interval '8 days')
                OR (step_s = 3600 AND at < $1::timestamptz - interval '90 days')""";

    private static final String PRUNE_MARKS =
            "DELETE FROM operations_mark WHERE at < $1::timestamptz - interval '90 days'";

    private static final String MARK =
            "INSERT INTO operations_mark (at, kind, subject, detail) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

    private static final String MARKS =
            """
            SELECT at, kind, subject, coalesce((
                SELECT 'by ' || a.actor FROM audit_log AS a
                WHERE a.target = m.subject AND a.action = 'queues.' || m.kind AND a.outcome = 'done'
                    AND a.at > m.at - interval '2 minutes' AND a.at <= m.at + interval '5 seconds'
                ORDER BY a.at DESC LIMIT 1), detail) AS detail
            FROM operations_mark AS m WHERE at >= $1 AND at < $2 AND ($3 = '' OR subject = $3
                OR kind NOT IN ('pause', 'resume'))
            UNION ALL
            SELECT raised_at, 'alert', subject, summary FROM alert WHERE changed_at >= $1 AND raised_at >= $1 AND raised_at < $2
            UNION ALL
            SELECT changed_at, 'recovered', subject, summary FROM alert
            WHERE state = 'recovered' AND changed_at >= $1 AND changed_at < $2
            ORDER BY at DESC LIMIT $4""";

    private static final String VERSIONS =
            "SELECT version, first_seen, last_seen FROM worker_version ORDER BY last_seen DESC LIMIT 20";

    private static final String SAW_VERSION =
            """
            INSERT INTO worker_version (version, first_seen, last_seen) VALUES ($1, $2, $2)
            ON CONFLICT (version) DO UPDATE SET last_seen = excluded.last_seen,
                first_seen = CASE WHEN $3 THEN excluded.first_seen ELSE worker_version.first_seen END""";

    private static final String PROBLEMS = "SELECT id, since FROM operations_problem LIMIT 1000";

    private static final String FORGET_PROBLEMS = "DELETE FROM operations_problem WHERE NOT (id = ANY ($1::text[]))";

    private static final String NOTE_PROBLEMS =
            """
            INSERT INTO operations_problem (id, since, seen_at)
            SELECT id, since, $3 FROM unnest($1::text[], $2::timestamptz[]) AS p (id, since)
            ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at""";

    private final Pool pool;

    @Inject
    public FiguresStore(Pool pool) {
        this.pool = pool;
    }

    /** Jobs that ended in a time. */
    public record Sums(long completed, long failed, long died) {}

    /** A version of the workers, and when it was seen. */
    record Version(String version, Instant firstSeen, Instant lastSeen) {}

    /** Writes within one transaction, if nobody has written this minute; else nothing. True: it did. */
    Uni<Boolean> writeOnce(Instant minute, Function<Writing, Uni<Void>> write) {
        return pool.withTransaction(connection -> connection
                        .preparedQuery(CLAIM)
                        .execute(Tuple.of(time(minute)))
                        .chain(claimed -> claimed.size() == 0
                                ? Uni.createFrom().item(false)
                                : write.apply(new Writing(connection)).replaceWith(true)))
                .ifNoItem()
                .after(DEADLINE.multipliedBy(3))
                .fail();
    }

    /** What is written together. */
    static final class Writing {

        private final SqlConnection connection;

        private Writing(SqlConnection connection) {
            this.connection = connection;
        }

        Uni<List<QueueFigures>> steps(Duration step, Instant from, Instant to) {
            return connection
                    .preparedQuery(OF_STEPS)
                    .execute(Tuple.of((int) step.toSeconds(), time(from), time(to)))
                    .map(FiguresStore::figures);
        }

        Uni<Void> add(Duration step, Collection<QueueFigures> figures) {
            List<Tuple> rows = figures.stream().map(one -> tuple(step, one)).toList();
            return rows.isEmpty()
                    ? Uni.createFrom().voidItem()
                    : connection.preparedQuery(ADD).executeBatch(rows).replaceWithVoid();
        }

        Uni<Void> mark(Mark mark) {
            return run(MARK, Tuple.of(time(mark.at()), mark.kind(), mark.subject(), mark.detail()));
        }

        Uni<List<Version>> versions() {
            return connection.preparedQuery(VERSIONS).execute().map(rows -> rows.stream()
                    .map(row -> new Version(
                            row.getString("version"), instant(row, "first_seen"), instant(row, "last_seen")))
                    .toList());
        }

        Uni<Void> sawVersion(String version, Instant at, boolean deployed) {
            return run(SAW_VERSION, Tuple.of(version, time(at), deployed));
        }

        Uni<Void> prune(Instant now) {
            return run(PRUNE, Tuple.of(time(now))).chain(() -> run(PRUNE_MARKS, Tuple.of(time(now))));
        }

        private Uni<Void> run(String statement, Tuple values) {
            return connection.preparedQuery(statement).execute(values).replaceWithVoid();
        }
    }

    /** Steps of one queue, the earliest first; the empty name stands for all together. */
    public Uni<List<QueueFigures>> of(String queue, Duration step, Instant from, Instant to) {
        return query(OF_QUEUE, Tuple.of(queue, (int) step.toSeconds(), time(from), time(to)))
                .map(FiguresStore::figures);
    }

    /** How many waited, came and were done at each minute, by queue; without histograms. */
    public Uni<Map<String, Map<Instant, Flow>>> flows(Instant from, Instant to) {
        return query(WAITING, Tuple.of(time(from), time(to))).map(rows -> {
            Map<String, Map<Instant, Flow>> byQueue = new HashMap<>();
            rows.forEach(row -> byQueue.computeIfAbsent(row.getString("queue"), name -> new HashMap<>())
                    .put(
                            instant(row, "at"),
                            new Flow(
                                    row.getLong("waiting"),
                                    row.getLong("enqueued") == null ? -1 : row.getLong("enqueued"),
                                    row.getLong("completed"))));
            return byQueue;
        });
    }

    /**
     * One minute of a queue.
     *
     * @param enqueued -1: not known
     */
    public record Flow(long waiting, long enqueued, long completed) {}

    /** What all queues did in the last day. */
    public Uni<Sums> sumsOfADay(Instant now) {
        Instant recent = Instant.ofEpochSecond(now.getEpochSecond() / 600 * 600);
        return query(SUMS, Tuple.of(time(now.minus(Duration.ofDays(1))), time(recent)))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    return new Sums(row.getLong("completed"), row.getLong("failed"), row.getLong("died"));
                });
    }

    /**
     * What changed in a time, the latest first.
     *
     * @param queue pauses of this queue alone; empty: of all
     */
    public Uni<List<Mark>> marks(Instant from, Instant to, String queue) {
        return query(MARKS, Tuple.of(time(from), time(to), queue, MOST_MARKS)).map(rows -> rows.stream()
                .map(row -> new Mark(
                        instant(row, "at"), row.getString("kind"), row.getString("subject"), row.getString("detail")))
                .toList());
    }

    /** Since when problems are known, by id. */
    public Uni<Map<String, Instant>> problems() {
        return query(PROBLEMS, Tuple.tuple()).map(rows -> {
            Map<String, Instant> since = new HashMap<>();
            rows.forEach(row -> since.put(row.getString("id"), instant(row, "since")));
            return since;
        });
    }

    /** Notes which problems there are; what is no problem any more is forgotten. */
    public Uni<Void> noteProblems(Map<String, Instant> since, Instant now) {
        String[] names = new String[since.size()];
        OffsetDateTime[] times = new OffsetDateTime[since.size()];
        int i = 0;
        for (Map.Entry<String, Instant> problem : since.entrySet()) {
            names[i] = problem.getKey();
            times[i] = time(problem.getValue());
            i++;
        }
        return query(FORGET_PROBLEMS, Tuple.tuple().addArrayOfString(names))
                .chain(() -> query(NOTE_PROBLEMS, Tuple.of(names, times, time(now))))
                .replaceWithVoid();
    }

    private Uni<RowSet<Row>> query(String statement, Tuple values) {
        return pool.preparedQuery(statement)
                .execute(values)
                .ifNoItem()
                .after(DEADLINE)
                .fail();
    }

    private static Tuple tuple(Duration step, QueueFigures of) {
        Depth depth = of.depth();
        return Tuple.tuple()
                .addInteger((int) step.toSeconds())
                .addOffsetDateTime(time(of.at()))
                .addString(of.queue())
                .addLong(of.enqueued())
                .addLong(of.completed())
                .addLong(of.failed())
                .addLong(of.died())
                .addLong(of.dropped())
                .addLong(depth.waiting())
                .addLong(depth.active())
                .addLong(depth.delayed())
                .addLong(depth.dead())
                .addLong(depth.oldestWaitMs())
                .addBoolean(depth.paused())
                .addArrayOfLong(of.waited().toStore())
                .addArrayOfLong(of.ran().toStore());
    }

    private static List<QueueFigures> figures(RowSet<Row> rows) {
        List<QueueFigures> found = new ArrayList<>(rows.size());
        rows.forEach(row -> found.add(new QueueFigures(
                instant(row, "at"),
                row.getString("queue"),
                row.getLong("enqueued"),
                row.getLong("completed"),
                row.getLong("failed"),
                row.getLong("died"),
                row.getLong("dropped"),
                new Depth(
                        row.getLong("waiting"),
                        row.getLong("active"),
                        row.getLong("delayed"),
                        row.getLong("dead"),
                        row.getLong("oldest_wait_ms"),
                        row.getBoolean("paused")),
                Histogram.stored(row.getArrayOfLongs("waited")),
                Histogram.stored(row.getArrayOfLongs("ran")))));
        return found;
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static OffsetDateTime time(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
