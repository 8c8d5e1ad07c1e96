package io.penstock.common.cache;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.cache.redis.RedisRemoteCache;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.redis.RedisServers;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** One process among those that share a cache: event loops, connections and memory of its own. */
final class CacheProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RedisFixture redis;
    private final RedisRemoteCache remote;
    final TieredCaches caches;

    /** @param redis closed with this */
    CacheProcess(RedisFixture redis, Map<String, String> settings) {
        CacheConfig config = CacheSettings.of(settings);
        this.redis = redis;
        RedisServers servers = redis.servers();
        this.remote = new RedisRemoteCache(
                redis.vertx(),
                servers.openNear("cache"),
                listener ->
                        servers.subscribeProbed(EventLoopContext.create(redis.vertx()), CacheKeys.CHANNEL, listener),
                config.redisWait(),
                config.redisPause());
        this.caches = new TieredCaches(config, remote, new ObjectMapper(), redis.vertx(), InstantSource.system());
        caches.start();
    }

    <K, V> TieredCache<K, V> open(CacheDefinition<K, V> definition) {
        TieredCache<K, V> cache = caches.open(definition);
        Awaitility.await().atMost(PATIENCE).until(caches::hearsChanges);
        // The first call makes the connection, for which no reader would wait.
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            await(remote.get("temp:test:connection"));
            return true;
        });
        return cache;
    }

    RemoteCache remote() {
        return remote;
    }

    static <T> @Nullable T await(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    @Override
    public void close() {
        caches.stop();
        remote.close();
        redis.close();
    }
}
