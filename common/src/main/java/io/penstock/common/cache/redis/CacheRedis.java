package io.penstock.common.cache.redis;

import io.penstock.common.cache.CacheConfig;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.RemoteCache;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.redis.RedisClients;
import io.penstock.common.redis.RedisServers;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Opens the shared tier at the Redis that {@link CacheConfig#redis()} names. */
@ApplicationScoped
class CacheRedis {

    @Produces
    @Singleton
    RemoteCache remoteCache(Vertx vertx, RedisClients clients, RedisServers queues, CacheConfig config) {
        RedisServers servers = config.redis().map(clients::named).orElse(queues);
        return at(servers, vertx, config);
    }

    static RedisRemoteCache at(RedisServers servers, Vertx vertx, CacheConfig config) {
        return new RedisRemoteCache(
                vertx,
                servers.openNear("cache"),
                listener -> servers.subscribeProbed(EventLoopContext.create(vertx), CacheKeys.CHANNEL, listener),
                config.redisWait(),
                config.redisPause());
    }

    void close(@Disposes RemoteCache cache) {
        ((RedisRemoteCache) cache).close();
    }
}
