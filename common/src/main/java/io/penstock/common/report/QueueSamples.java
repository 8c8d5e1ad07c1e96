package io.penstock.common.report;

import io.penstock.common.queue.QueueStatus;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the queue monitor has measured, for a while. */
@ApplicationScoped
public class QueueSamples {

    /** A week's report, and a day to spare. */
    public static final Duration KEPT = Duration.ofDays(8);

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String ADD =
            """
            INSERT INTO queue_sample (queue, waiting, active, dead, completed, failed, oldest_wait_ms, sampled_at)
            SELECT *, clock_timestamp() AS at FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
                $6::bigint[], $7::bigint[])
            """;

    private static final String PERIODS =
            """
            SELECT queue, count(*) AS samples,
                extract(epoch FROM max(sampled_at) - min(sampled_at))::bigint AS seconds,
                coalesce(sum(greatest(completed - before_completed, 0)), 0)::bigint AS completed,
                coalesce(sum(greatest(failed - before_failed, 0)), 0)::bigint AS failed,
                max(waiting) AS most_waiting, avg(waiting)::float8 AS mean_waiting,
                (array_agg(waiting ORDER BY sampled_at DESC))[1] AS waiting,
                (array_agg(dead ORDER BY sampled_at DESC))[1] AS dead,
                max(oldest_wait_ms) AS longest_wait_ms
            FROM (
                SELECT *, lag(completed) OVER w AS before_completed, lag(failed) OVER w AS before_failed
                FROM queue_sample WHERE sampled_at >= $1 AND sampled_at < $2 AND ($3::text IS NULL OR queue = $3)
                WINDOW w AS (PARTITION BY queue ORDER BY sampled_at)
            ) AS s GROUP BY queue ORDER BY queue
            """;

    private static final String FORGET =
            """
            DELETE FROM queue_sample WHERE ctid IN (
                SELECT ctid FROM queue_sample WHERE sampled_at < clock_timestamp() - $1 * interval '1 second' LIMIT 5000)
            """;

    private final Pool pool;

    public QueueSamples(Pool pool) {
        this.pool = pool;
    }

    /** One sample of each queue, with the time of PostgreSQL. */
    public Uni<Void> add(List<QueueStatus> queues) {
        if (queues.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Tuple values = Tuple.tuple()
                .addArrayOfString(queues.stream().map(QueueStatus::queue).toArray(String[]::new))
                .addArrayOfLong(queues.stream().map(QueueStatus::waiting).toArray(Long[]::new))
                .addArrayOfLong(queues.stream().map(QueueStatus::active).toArray(Long[]::new))
                .addArrayOfLong(queues.stream().map(QueueStatus::dead).toArray(Long[]::new))
                .addArrayOfLong(queues.stream().map(QueueStatus::completed).toArray(Long[]::new))
                .addArrayOfLong(queues.stream().map(QueueStatus::failed).toArray(Long[]::new))
                .addArrayOfLong(queues.stream().map(QueueStatus::oldestWaitMs).toArray(Long[]::new));
        return pool.preparedQuery(ADD)
                .execute(values)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }

    /** Every queue that was measured from {@code from} to before {@code to}. */
    public Uni<List<QueuePeriod>> between(Instant from, Instant to) {
        return periods(Tuple.of(from.atOffset(ZoneOffset.UTC), to.atOffset(ZoneOffset.UTC), null));
    }

    /** One queue; empty where it was not measured. */
    public Uni<Optional<QueuePeriod>> between(Instant from, Instant to, String queue) {
        return periods(Tuple.of(from.atOffset(ZoneOffset.UTC), to.atOffset(ZoneOffset.UTC), queue))
                .map(found -> found.stream().findFirst());
    }

    private Uni<List<QueuePeriod>> periods(Tuple values) {
        return pool.preparedQuery(PERIODS)
                .execute(values)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(rows -> {
                    List<QueuePeriod> found = new ArrayList<>();
                    rows.forEach(row -> found.add(period(row)));
                    return found;
                });
    }

    /** Drops samples that are older than {@link #KEPT}, some thousands at most. */
    public Uni<Void> forget() {
        return pool.preparedQuery(FORGET)
                .execute(Tuple.of((double) KEPT.toSeconds()))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }

    private static QueuePeriod period(Row row) {
        return new QueuePeriod(
                row.getString("queue"),
                row.getLong("samples"),
                row.getLong("seconds"),
                row.getLong("completed"),
                row.getLong("failed"),
                row.getLong("most_waiting"),
                row.getDouble("mean_waiting"),
                row.getLong("waiting"),
                row.getLong("dead"),
                row.getLong("longest_wait_ms"));
    }
}
