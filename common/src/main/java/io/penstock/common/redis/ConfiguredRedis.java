package io.penstock.common.redis;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what Quarkus made of {@code quarkus.redis.*}: it shows the options of a client to customizers while it makes
 * the client. That may be early in the start, so that this bean needs no other.
 */
@Singleton
class ConfiguredRedis implements RedisOptionsCustomizer {

    private final Map<String, RedisOptions> options = new ConcurrentHashMap<>();

    @Override
    public void customize(String clientName, RedisOptions seen) {
        options.put(clientName, seen);
    }

    /** Empty before a client of this name has been made. */
    Optional<RedisOptions> options(String clientName) {
        return Optional.ofNullable(options.get(clientName));
    }
}
