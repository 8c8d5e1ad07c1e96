package io.penstock.common.report;

import io.penstock.common.cache.CacheAdvice;
import io.penstock.common.cache.CacheAdvice.Advice;
import io.penstock.common.cache.CacheStats;
import io.penstock.common.cache.CacheStatsStore;
import io.penstock.common.cache.RemoteCache;
import io.penstock.common.cache.RemoteFigures;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Makes a report of what has been measured. */
@ApplicationScoped
public class ReportBuilder {

    /** Keys of Redis that are looked at. */
    private static final int SAMPLE = 1_000;

    private final CacheStatsStore caches;
    private final RemoteCache redis;
    private final QueueSamples queues;

    @Inject
    public ReportBuilder(CacheStatsStore caches, RemoteCache redis, QueueSamples queues) {
        this.caches = caches;
        this.redis = redis;
        this.queues = queues;
    }

    /** About the time from {@code begins} to {@code ends}; what Redis says is of now, and missing while it is away. */
    public Uni<PerformanceReport> build(UUID id, Instant begins, Instant ends) {
        return Uni.combine()
                .all()
                .unis(
                        caches.since(begins),
                        queues.between(begins, ends),
                        redis.figures(SAMPLE).map(Optional::of).onFailure().recoverWithItem(Optional.empty()))
                .asTuple()
                .map(found -> report(id, begins, ends, found.getItem1(), found.getItem2(), found.getItem3()));
    }

    static PerformanceReport report(
            UUID id,
            Instant begins,
            Instant ends,
            Map<String, CacheStats> caches,
            List<QueuePeriod> queues,
            Optional<RemoteFigures> redis) {
        List<Advice> advice = new ArrayList<>(CacheAdvice.of(caches));
        redis.ifPresent(figures -> advice.addAll(CacheAdvice.of(figures)));
        advice.addAll(QueueAdvice.of(queues));
        return new PerformanceReport(
                PerformanceReport.VERSION,
                id,
                ends,
                begins,
                ends,
                caches.entrySet().stream()
                        .map(each -> PerformanceReport.CacheLine.of(each.getKey(), each.getValue()))
                        .toList(),
                redis.orElse(null),
                queues,
                advice);
    }
}
