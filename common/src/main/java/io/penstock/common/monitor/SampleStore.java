package io.penstock.common.monitor;

import io.penstock.common.pool.PoolSample;
import io.penstock.common.retention.OldData;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The samples of all processes in PostgreSQL. */
@ApplicationScoped
public class SampleStore implements OldData {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String ADD_POOLS =
            """
            INSERT INTO pool_sample (process, sampled_at, pool, size, peak, done, failed, diverted, millis, longest_ms)
            SELECT $1, clock_timestamp(), s.* FROM unnest($2::text[], $3::int[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::bigint[], $9::bigint[]) AS s
            ON CONFLICT DO NOTHING
            """;

    private static final String ADD_ANSWERS =
            """
            INSERT INTO answer_sample (process, sampled_at, uri, answers, millis)
            SELECT $1, clock_timestamp(), s.* FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS s
            ON CONFLICT DO NOTHING
            """;

    private static final String POOLS =
            """
            SELECT pool, max(size) AS size, max(peak) AS peak, sum(done)::bigint AS done, sum(failed)::bigint AS failed,
                sum(diverted)::bigint AS diverted, sum(millis)::bigint AS millis, max(longest_ms) AS longest_ms,
                max(peak::float8 / size) AS share, count(DISTINCT process) AS processes
            FROM pool_sample WHERE sampled_at >= $1 AND sampled_at < $2 GROUP BY pool ORDER BY pool
            """;

    private static final String PEAKS =
            """
            SELECT peak FROM pool_sample WHERE sampled_at >= $1 AND process = $2 AND pool = $3 ORDER BY sampled_at DESC LIMIT 1000
            """;

    private static final String ANSWERS =
            """
            SELECT uri, sum(answers)::bigint AS answers, sum(millis)::bigint AS millis FROM answer_sample
            WHERE sampled_at >= $1 AND sampled_at < $2 GROUP BY uri
            ORDER BY sum(millis)::float8 / sum(answers) DESC LIMIT 50
            """;

    private static final String FORGET_POOLS =
            """
            DELETE FROM pool_sample WHERE ctid IN (SELECT ctid FROM pool_sample WHERE sampled_at < $1 LIMIT $2)
            """;

    private static final String FORGET_ANSWERS =
            """
            DELETE FROM answer_sample WHERE ctid IN (SELECT ctid FROM answer_sample WHERE sampled_at < $1 LIMIT $2)
            """;

    private final Pool pool;

    public SampleStore(Pool pool) {
        this.pool = pool;
    }

    public Uni<Void> add(String process, List<PoolSample> pools, List<AnswerSample> answers) {
        Uni<Void> first = pools.isEmpty()
                ? Uni.createFrom().voidItem()
                : query(
                                ADD_POOLS,
                                Tuple.tuple()
                                        .addString(process)
                                        .addArrayOfString(texts(pools, PoolSample::pool))
                                        .addArrayOfInteger(pools.stream()
                                                .map(PoolSample::size)
                                                .toArray(Integer[]::new))
                                        .addArrayOfInteger(pools.stream()
                                                .map(PoolSample::peak)
                                                .toArray(Integer[]::new))
                                        .addArrayOfLong(numbers(pools, PoolSample::done))
                                        .addArrayOfLong(numbers(pools, PoolSample::failed))
                                        .addArrayOfLong(numbers(pools, PoolSample::diverted))
                                        .addArrayOfLong(numbers(pools, PoolSample::millis))
                                        .addArrayOfLong(numbers(pools, PoolSample::longestMillis)))
                        .replaceWithVoid();
        return answers.isEmpty()
                ? first
                : first.chain(() -> query(
                                ADD_ANSWERS,
                                Tuple.tuple()
                                        .addString(process)
                                        .addArrayOfString(texts(answers, AnswerSample::uri))
                                        .addArrayOfLong(numbers(answers, AnswerSample::answers))
                                        .addArrayOfLong(numbers(answers, AnswerSample::millis)))
                        .replaceWithVoid());
    }

    /** What the pools of all processes did from one time to before another. */
    public Uni<List<PoolPeriod>> pools(Instant from, Instant to) {
        return query(POOLS, range(from, to)).map(rows -> rows.stream()
                .map(row -> new PoolPeriod(
                        row.getString("pool"),
                        row.getLong("processes"),
                        row.getInteger("size"),
                        row.getInteger("peak"),
                        row.getDouble("share"),
                        row.getLong("done"),
                        row.getLong("failed"),
                        row.getLong("diverted"),
                        mean(row, row.getLong("done") + row.getLong("failed")),
                        row.getLong("longest_ms")))
                .toList());
    }

    /** The peaks of one pool of one process since some time, the latest first. */
    public Uni<List<Integer>> peaks(Instant since, String process, String poolName) {
        return query(PEAKS, Tuple.of(since.atOffset(ZoneOffset.UTC), process, poolName))
                .map(rows -> {
                    List<Integer> peaks = new ArrayList<>();
                    rows.forEach(row -> peaks.add(row.getInteger("peak")));
                    return peaks;
                });
    }

    /** The slowest paths of all processes, the slowest first, at most 50. */
    public Uni<List<AnswerPeriod>> answers(Instant from, Instant to) {
        return query(ANSWERS, range(from, to)).map(rows -> rows.stream()
                .map(row -> new AnswerPeriod(
                        row.getString("uri"), row.getLong("answers"), mean(row, row.getLong("answers"))))
                .toList());
    }

    @Override
    public String name() {
        return "process-samples";
    }

    @Override
    public Uni<Integer> forget(Instant before, int most) {
        Tuple bounds = Tuple.of(before.atOffset(ZoneOffset.UTC), most);
        return query(FORGET_POOLS, bounds).chain(pools -> query(FORGET_ANSWERS, bounds)
                .map(answers -> Math.min(most, pools.rowCount() + answers.rowCount())));
    }

    private static double mean(Row row, long count) {
        return count == 0 ? 0 : (double) row.getLong("millis") / count;
    }

    private static Tuple range(Instant from, Instant to) {
        return Tuple.of(from.atOffset(ZoneOffset.UTC), to.atOffset(ZoneOffset.UTC));
    }

    private static <T> String[] texts(List<T> of, Function<T, String> value) {
        return of.stream().map(value).toArray(String[]::new);
    }

    private static <T> Long[] numbers(List<T> of, Function<T, Long> value) {
        return of.stream().map(value).toArray(Long[]::new);
    }

    private Uni<RowSet<Row>> query(String statement, Tuple parameters) {
        return pool.preparedQuery(statement)
                .execute(parameters)
                .ifNoItem()
                .after(DEADLINE)
                .fail();
    }
}
