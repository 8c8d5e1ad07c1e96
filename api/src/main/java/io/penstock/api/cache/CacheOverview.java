package io.penstock.api.cache;

import io.penstock.common.cache.CacheAdvice;
import io.penstock.common.cache.CacheAdvice.Advice;
import io.penstock.common.cache.CacheStats;
import io.penstock.common.cache.CacheStatsStore;
import io.penstock.common.cache.RemoteCache;
import io.penstock.common.cache.RemoteFigures;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.TieredCaches;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Brings together what there is to know of the caches. What cannot be asked is missing, and the rest is told. */
@ApplicationScoped
class CacheOverview {

    private static final int SAMPLE = 1_000;
    private static final int MOST_MISSED = 10;
    private static final Duration TIME = Duration.ofHours(24);

    /** All caches. */
    @RegisterForReflection
    @Schema(name = "Caches")
    record CachesAnswer(
            List<CacheAnswer> caches,
            @Schema(description = "What the servers say; null: Redis does not answer") @Nullable RedisAnswer redis,
            @Schema(description = "What the figures suggest, each with the figure that caused it")
                    List<Advice> recommendations,
            @Schema(description = "False: PostgreSQL does not answer, and figures are those of this process alone")
                    boolean complete) {}

    /** One cache. */
    @RegisterForReflection
    @Schema(name = "Cache")
    record CacheAnswer(
            String name,
            @Schema(description = "memory, redis or hybrid") String tier,
            String prefix,
            @Schema(description = "Seconds a value lives in Redis") long ttlSeconds,
            @Schema(description = "Seconds a value lives in memory") long memoryTtlSeconds,
            @Schema(description = "Entries in the memory of this process") long memoryEntries,
            long maxMemoryEntries,
            @Schema(description = "0 to 1, of the last 24 hours, all processes together") double hitRate,
            double errorRate,
            double meanLoadMs,
            CacheStats last24h,
            CacheStats thisProcess,
            @Schema(description = "The keys that were missed most in the last day") Map<String, Long> topMissed) {}

    /** The servers. */
    @RegisterForReflection
    @Schema(name = "CacheRedis")
    record RedisAnswer(
            long keys,
            long usedBytes,
            @Schema(description = "0: no bound is set") long maxBytes,
            @Schema(description = "Keys thrown out for want of memory since the servers started") long evicted,
            @Schema(description = "Share of reads that found something since the servers started, whoever read")
                    double hitRate,
            int sampled,
            @Schema(description = "Of the sampled keys, by namespace") Map<String, Integer> distribution) {

        static RedisAnswer of(RemoteFigures figures) {
            long reads = figures.hits() + figures.misses();
            return new RedisAnswer(
                    figures.keys(),
                    figures.usedBytes(),
                    figures.maxBytes(),
                    figures.evicted(),
                    reads == 0 ? 1 : (double) figures.hits() / reads,
                    figures.sampled(),
                    figures.byNamespace());
        }
    }

    private final TieredCaches caches;
    private final RemoteCache remote;
    private final CacheStatsStore store;
    private final InstantSource clock = InstantSource.system();

    @Inject
    CacheOverview(TieredCaches caches, RemoteCache remote, CacheStatsStore store) {
        this.caches = caches;
        this.remote = remote;
        this.store = store;
    }

    Uni<CachesAnswer> all() {
        Uni<Optional<Map<String, CacheStats>>> figures = store.since(
                        clock.instant().minus(TIME))
                .map(Optional::of)
                .onFailure()
                .recoverWithItem(Optional.empty());
        Uni<Optional<RemoteFigures>> redis =
                remote.figures(SAMPLE).map(Optional::of).onFailure().recoverWithItem(Optional.empty());
        return Uni.combine()
                .all()
                .unis(figures, redis, missed())
                .asTuple()
                .map(found -> answer(found.getItem1(), found.getItem2(), found.getItem3()));
    }

    private Uni<List<Map<String, Long>>> missed() {
        List<Uni<Map<String, Long>>> each = caches.all().stream()
                .map(cache ->
                        remote.mostMissed(cache.name(), MOST_MISSED).onFailure().recoverWithItem(Map.of()))
                .toList();
        return each.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join().all(each).andFailFast();
    }

    private CachesAnswer answer(
            Optional<Map<String, CacheStats>> figures, Optional<RemoteFigures> redis, List<Map<String, Long>> missed) {
        List<CacheAnswer> answers = new ArrayList<>();
        int i = 0;
        for (TieredCache<?, ?> cache : caches.all()) {
            CacheStats stats = figures.map(all -> all.getOrDefault(cache.name(), CacheStats.NONE))
                    .orElse(cache.stats());
            answers.add(answer(cache, stats, missed.get(i++)));
        }
        List<Advice> advice = new ArrayList<>(CacheAdvice.of(figures.orElse(Map.of())));
        redis.ifPresent(found -> advice.addAll(CacheAdvice.of(found)));
        return new CachesAnswer(answers, redis.map(RedisAnswer::of).orElse(null), advice, figures.isPresent());
    }

    private static CacheAnswer answer(TieredCache<?, ?> cache, CacheStats stats, Map<String, Long> missed) {
        return new CacheAnswer(
                cache.name(),
                cache.policy().tier().code(),
                cache.definition().prefix(),
                cache.policy().ttl().toSeconds(),
                cache.policy().memoryTtl().toSeconds(),
                cache.memorySize(),
                cache.policy().maxEntries(),
                stats.hitRate(),
                stats.errorRate(),
                stats.meanLoadMillis(),
                stats,
                cache.stats(),
                missed);
    }
}
