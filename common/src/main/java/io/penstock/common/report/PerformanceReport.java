package io.penstock.common.report;

import io.penstock.common.cache.CacheAdvice.Advice;
import io.penstock.common.cache.CacheStats;
import io.penstock.common.cache.RemoteFigures;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One report, as it is stored and shown.
 *
 * @param version of this form
 * @param begins the time it is about, to before {@code ends}
 * @param redis null: Redis could not be asked when the report was made
 */
public record PerformanceReport(
        int version,
        UUID id,
        Instant createdAt,
        Instant begins,
        Instant ends,
        List<CacheLine> caches,
        @Nullable RemoteFigures redis,
        List<QueuePeriod> queues,
        List<Advice> advice) {

    public static final int VERSION = 1;

    /** One cache. */
    public record CacheLine(String cache, CacheStats stats, double hitRate, double errorRate, double meanLoadMillis) {

        static CacheLine of(String cache, CacheStats stats) {
            return new CacheLine(cache, stats, stats.hitRate(), stats.errorRate(), stats.meanLoadMillis());
        }
    }

    /** Of a list of reports. */
    public record Summary(UUID id, Instant createdAt, Instant begins, Instant ends, int recommendations) {}
}
