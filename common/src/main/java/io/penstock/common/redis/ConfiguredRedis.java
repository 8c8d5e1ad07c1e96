package io.penstock.common.redis;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what Quarkus made of {@code quarkus.redis.*}: it shows the options of a client to customizers while it makes
 * the client. That may be early in the start, so that this bean needs no other.
 */
@Singleton
class ConfiguredRedis implements RedisOptionsCustomizer {

    private final Map<String, RedisOptions> options = new ConcurrentHashMap<>();

    @Override
    public void customize(String clientName, RedisOptions seen) {
        requireServersName(seen.getNetClientOptions());
        options.put(clientName, seen);
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

    /** Empty before a client of this name has been made. */
    Optional<RedisOptions> options(String clientName) {
        return Optional.ofNullable(options.get(clientName));
    }
}
