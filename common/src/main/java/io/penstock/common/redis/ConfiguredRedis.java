package io.penstock.common.redis;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.vertx.core.net.NetClientOptions;
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
        requireServersName(seen.getNetClientOptions());
        if (clientName.equals(RedisConfig.DEFAULT_CLIENT_NAME)) {
            options = seen;
        }
    }

    /**
     * With TLS the name in the certificate must be the server's, unless the configuration says {@code NONE}. A named TLS
     * configuration that says nothing leaves it open, and Vert.x then refuses every connection; it knows no word for none either.
     */
    private static void requireServersName(@Nullable NetClientOptions net) {
        if (net == null) {
            return;
        }
        String algorithm = net.getHostnameVerificationAlgorithm();
        if (algorithm == null) {
            net.setHostnameVerificationAlgorithm("HTTPS");
        } else if (algorithm.equals("NONE")) {
            net.setHostnameVerificationAlgorithm("");
        }
    }

    /** Empty before a client has been made. */
    Optional<RedisOptions> options() {
        return Optional.ofNullable(options);
    }
}
