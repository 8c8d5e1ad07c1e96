package io.penstock.common.redis;

import io.quarkus.proxy.ProxyConfigurationRegistry;
import io.quarkus.redis.runtime.client.VertxRedisClientFactory;
import io.quarkus.redis.runtime.client.config.RedisClientConfig;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Objects;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Finds the Redis that {@code quarkus.redis.*} describes: standalone, Sentinel or Cluster, TLS and passwords included.
 *
 * <p>Quarkus turns its settings into client options while it makes a client. So one is made for that, and never used; see
 * {@link ConfiguredRedis}.
 */
@ApplicationScoped
public class RedisClients {

    private final Vertx vertx;
    private final TlsConfigurationRegistry tls;
    private final ProxyConfigurationRegistry proxies;
    private final ConfiguredRedis configured;

    @Inject
    RedisClients(
            Vertx vertx, TlsConfigurationRegistry tls, ProxyConfigurationRegistry proxies, ConfiguredRedis configured) {
        this.configured = configured;
        this.vertx = vertx;
        this.tls = tls;
        this.proxies = proxies;
    }

    @Produces
    @Singleton
    RedisServers servers() {
        RedisConfig config =
                ConfigProvider.getConfig().unwrap(SmallRyeConfig.class).getConfigMapping(RedisConfig.class);
        RedisClientConfig settings =
                Objects.requireNonNull(config.clients().get(RedisConfig.DEFAULT_CLIENT_NAME), "quarkus.redis.hosts");
        VertxRedisClientFactory.create(RedisConfig.DEFAULT_CLIENT_NAME, vertx, settings, tls, proxies)
                .close();
        return new RedisServers(vertx, configured.options().orElseThrow());
    }

    /** The routes that everything shares that does not block. */
    @Produces
    @Singleton
    RedisRouter sharedRoutes(RedisServers servers) {
        return servers.openNear("shared");
    }

    void closeServers(@Disposes RedisServers servers) {
        servers.close();
    }

    void closeRoutes(@Disposes RedisRouter routes) {
        routes.close();
    }
}
