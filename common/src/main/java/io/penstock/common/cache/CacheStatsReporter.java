package io.penstock.common.cache;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.loop.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Adds what this process has counted to the figures of all, now and then, and shows it as metrics
 * {@code penstock.cache.*}. A process in which nothing happened writes nothing.
 */
@ApplicationScoped
public class CacheStatsReporter {

    private final TieredCaches caches;
    private final RemoteCache remote;
    private final CacheStatsStore store;
    private final MeterRegistry meters;
    private final PeriodicTask task;
    private final Map<String, CacheStats> told = new HashMap<>();
    private final Set<String> metered = ConcurrentHashMap.newKeySet();

    @Inject
    CacheStatsReporter(
            TieredCaches caches,
            RemoteCache remote,
            CacheStatsStore store,
            MeterRegistry meters,
            CacheConfig config,
            Vertx vertx) {
        this.caches = caches;
        this.remote = remote;
        this.store = store;
        this.meters = meters;
        this.task = PeriodicTask.task(
                        vertx,
                        "add up the figures of the caches",
                        PeriodicTask.every(config.statsInterval(), this::runOnce))
                .build();
    }

    void start(@Observes StartupEvent event) {
        if (!caches.all().isEmpty()) {
            task.startAfter(java.time.Duration.ofSeconds(1));
        }
    }

    void stop(@Observes ShutdownEvent event) {
        task.stop();
    }

    /** Tells what has been counted since the last time. */
    public Uni<Void> runOnce() {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (TieredCache<?, ?> cache : caches.all()) {
            if (metered.add(cache.name())) {
                register(cache);
            }
            all = all.chain(() -> tell(cache));
        }
        return all;
    }

    private Uni<Void> tell(TieredCache<?, ?> cache) {
        CacheStats now = cache.stats();
        CacheStats news = now.minus(told.getOrDefault(cache.name(), CacheStats.NONE));
        if (news.nothing()) {
            return Uni.createFrom().voidItem();
        }
        return store.add(cache.name(), news)
                .invoke(() -> told.put(cache.name(), now))
                .chain(() -> tellMissed(cache));
    }

    /** The store being away loses these: they are a hint, no figure. */
    private Uni<Void> tellMissed(TieredCache<?, ?> cache) {
        Map<String, Long> missed = cache.missed().take();
        return missed.isEmpty()
                ? Uni.createFrom().voidItem()
                : remote.addMissed(cache.name(), missed).onFailure().recoverWithNull();
    }

    private void register(TieredCache<?, ?> cache) {
        count(cache, "penstock.cache.hits", "memory", stats -> stats.memoryHits());
        count(cache, "penstock.cache.hits", "redis", stats -> stats.redisHits());
        count(cache, "penstock.cache.misses", "memory", stats -> stats.memoryMisses());
        count(cache, "penstock.cache.misses", "redis", stats -> stats.redisMisses());
        count(cache, "penstock.cache.loads", "loader", stats -> stats.loads());
        count(cache, "penstock.cache.load.failures", "loader", stats -> stats.loadFailures());
        count(cache, "penstock.cache.errors", "redis", stats -> stats.errors());
        count(cache, "penstock.cache.unreadable", "redis", stats -> stats.unreadable());
        count(cache, "penstock.cache.too.large", "redis", stats -> stats.tooLarge());
        count(cache, "penstock.cache.refused", "redis", stats -> stats.refused());
        FunctionTimer.builder(
                        "penstock.cache.load",
                        cache,
                        of -> of.stats().loads(),
                        of -> of.stats().loadMicros(),
                        TimeUnit.MICROSECONDS)
                .description("Time that loads of missing values took")
                .tag("cache", cache.name())
                .register(meters);
        Gauge.builder("penstock.cache.memory.entries", cache, TieredCache::memorySize)
                .description("Entries of the cache in the memory of this process")
                .tag("cache", cache.name())
                .register(meters);
    }

    private void count(TieredCache<?, ?> cache, String name, String tier, ToDoubleFunction<CacheStats> value) {
        FunctionCounter.builder(name, cache, of -> value.applyAsDouble(of.stats()))
                .description("What happened in the cache, by tier")
                .tag("cache", cache.name())
                .tag("tier", tier)
                .register(meters);
    }
}
