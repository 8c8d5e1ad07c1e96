package io.penstock.common.redis;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what Quarkus made of {@code quarkus.redis.*}: it shows the options of a client to customizers while it makes
 * the client. That may be early in the start, so that this bean needs no other.
 */
@Singleton
class ConfiguredRedis implements RedisOptionsCustomizer {

    private volatile @Nullable RedisOptions options;

    @Override
    public void customize(String clientName, RedisOptions seen) {
        if (clientName.equals(RedisConfig.DEFAULT_CLIENT_NAME)) {
            options = seen;
        }
    }

    /** Empty before a client has been made. */
    Optional<RedisOptions> options() {
        return Optional.ofNullable(options);
    }
}
