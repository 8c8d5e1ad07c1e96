package io.penstock.common.cache;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** What all processes together have counted, by cache and hour. */
@ApplicationScoped
public class CacheStatsStore {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String ADD =
            """
            INSERT INTO cache_stats AS s (cache, hour, memory_hits, memory_misses, redis_hits, redis_misses, loads,
                load_failures, load_micros, errors, unreadable, too_large, refused)
            VALUES ($1, date_trunc('hour', clock_timestamp()), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT (cache, hour) DO UPDATE SET
                memory_hits = s.memory_hits + excluded.memory_hits,
                memory_misses = s.memory_misses + excluded.memory_misses,
                redis_hits = s.redis_hits + excluded.redis_hits,
                redis_misses = s.redis_misses + excluded.redis_misses,
                loads = s.loads + excluded.loads,
                load_failures = s.load_failures + excluded.load_failures,
                load_micros = s.load_micros + excluded.load_micros,
                errors = s.errors + excluded.errors,
                unreadable = s.unreadable + excluded.unreadable,
                too_large = s.too_large + excluded.too_large,
                refused = s.refused + excluded.refused
            """;

    private static final String SUM =
            """
            SELECT cache, sum(memory_hits)::bigint AS memory_hits, sum(memory_misses)::bigint AS memory_misses,
                sum(redis_hits)::bigint AS redis_hits, sum(redis_misses)::bigint AS redis_misses, sum(loads)::bigint AS loads,
                sum(load_failures)::bigint AS load_failures, sum(load_micros)::bigint AS load_micros,
                sum(errors)::bigint AS errors, sum(unreadable)::bigint AS unreadable, sum(too_large)::bigint AS too_large,
                sum(refused)::bigint AS refused
            FROM cache_stats WHERE hour >= date_trunc('hour', $1::timestamptz) GROUP BY cache ORDER BY cache
            """;

    private static final String FORGET =
            "DELETE FROM cache_stats WHERE hour < clock_timestamp() - $1 * interval '1 second'";

    private final Pool pool;

    public CacheStatsStore(Pool pool) {
        this.pool = pool;
    }

    public Uni<Void> add(String cache, CacheStats stats) {
        Tuple row = Tuple.tuple()
                .addString(cache)
                .addLong(stats.memoryHits())
                .addLong(stats.memoryMisses())
                .addLong(stats.redisHits())
                .addLong(stats.redisMisses())
                .addLong(stats.loads())
                .addLong(stats.loadFailures())
                .addLong(stats.loadMicros())
                .addLong(stats.errors())
                .addLong(stats.unreadable())
                .addLong(stats.tooLarge())
                .addLong(stats.refused());
        return pool.preparedQuery(ADD)
                .execute(row)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }

    /** By cache, of the hours since then, the one in which it lies included. */
    public Uni<Map<String, CacheStats>> since(Instant time) {
        return pool.preparedQuery(SUM)
                .execute(Tuple.of(time.atOffset(ZoneOffset.UTC)))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(rows -> {
                    Map<String, CacheStats> found = new LinkedHashMap<>();
                    rows.forEach(row -> found.put(row.getString("cache"), stats(row)));
                    return found;
                });
    }

    /** Drops hours that are older. */
    public Uni<Void> forget(Duration age) {
        return pool.preparedQuery(FORGET)
                .execute(Tuple.of((double) age.toSeconds()))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }

    private static CacheStats stats(Row row) {
        return new CacheStats(
                row.getLong("memory_hits"),
                row.getLong("memory_misses"),
                row.getLong("redis_hits"),
                row.getLong("redis_misses"),
                row.getLong("loads"),
                row.getLong("load_failures"),
                row.getLong("load_micros"),
                row.getLong("errors"),
                row.getLong("unreadable"),
                row.getLong("too_large"),
                row.getLong("refused"));
    }
}
