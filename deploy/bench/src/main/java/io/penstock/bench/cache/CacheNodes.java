package io.penstock.bench.cache;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.bench.BenchException;
import io.penstock.common.cache.CacheConfig;
import io.penstock.common.cache.CacheDefinition;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.TieredCaches;
import io.penstock.common.cache.redis.RedisRemoteCache;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisServers;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** One of several nodes that share a cache: it has event loops, connections and memory of its own, in this process. */
final class CacheNodes implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final Vertx vertx = Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2).setInternalBlockingPoolSize(1));
    final RedisRouter routes;
    final TieredCaches caches;
    private final RedisRemoteCache remote;

    /** @param wait how long a reader waits for Redis; long where costs are measured on a machine that may be busy */
    CacheNodes(String url, Duration wait) {
        CacheConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(
                        Map.of("penstock.cache.redis-wait", wait.toMillis() + "ms"), "bench", 200))
                .withMapping(CacheConfig.class)
                .build()
                .getConfigMapping(CacheConfig.class);
        RedisServers servers = new RedisServers(
                vertx, new RedisOptions().setConnectionString(url).setMaxWaitingHandlers(16_384));
        this.routes = servers.openNear("bench");
        this.remote = new RedisRemoteCache(
                vertx,
                servers.openNear("cache"),
                listener -> servers.subscribeProbed(EventLoopContext.create(vertx), CacheKeys.CHANNEL, listener),
                config.redisWait(),
                config.redisPause());
        this.caches = new TieredCaches(config, remote, new ObjectMapper(), vertx, InstantSource.system());
        caches.start();
    }

    /** Opens a cache and returns when it hears of changes and has its connection. */
    <V> TieredCache<String, V> open(CacheDefinition<String, V> definition) {
        TieredCache<String, V> cache = caches.open(definition);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!caches.hearsChanges() || cache.stats().redisMisses() == 0) {
            if (System.nanoTime() > end) {
                throw new BenchException("the cache has no connection to Redis");
            }
            V unused = cache.get("connect" + System.nanoTime()).await().atMost(PATIENCE);
        }
        return cache;
    }

    @Override
    public void close() {
        caches.stop();
        remote.close();
        routes.close();
        vertx.close();
    }
}
