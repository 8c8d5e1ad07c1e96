package io.penstock.common.redis;

import io.quarkus.proxy.ProxyConfigurationRegistry;
import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.quarkus.redis.runtime.client.VertxRedisClientFactory;
import io.quarkus.redis.runtime.client.config.RedisClientConfig;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.RedisOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Objects;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * Finds the Redis that {@code quarkus.redis.*} describes: standalone, Sentinel or Cluster, TLS and passwords included.
 *
 * <p>Quarkus turns its settings into client options while it makes a client, and shows them to customizers then. So one
 * client is made for that, and never used.
 */
@ApplicationScoped
public class RedisClients implements RedisOptionsCustomizer {

    private final Instance<Vertx> vertx;
    private final Instance<TlsConfigurationRegistry> tls;
    private final Instance<ProxyConfigurationRegistry> proxies;
    private volatile @Nullable RedisOptions options;

    /** Quarkus may ask its customizers before these beans exist, so they are fetched when a client is made. */
    @Inject
    public RedisClients(
            Instance<Vertx> vertx,
            Instance<TlsConfigurationRegistry> tls,
            Instance<ProxyConfigurationRegistry> proxies) {
        this.vertx = vertx;
        this.tls = tls;
        this.proxies = proxies;
    }

    @Override
    public void customize(String clientName, RedisOptions seen) {
        if (clientName.equals(RedisConfig.DEFAULT_CLIENT_NAME)) {
            options = seen;
        }
    }

    @Produces
    @Singleton
    RedisServers servers() {
        RedisConfig config =
                ConfigProvider.getConfig().unwrap(SmallRyeConfig.class).getConfigMapping(RedisConfig.class);
        RedisClientConfig settings =
                Objects.requireNonNull(config.clients().get(RedisConfig.DEFAULT_CLIENT_NAME), "quarkus.redis.hosts");
        VertxRedisClientFactory.create(RedisConfig.DEFAULT_CLIENT_NAME, vertx.get(), settings, tls.get(), proxies.get())
                .close();
        return new RedisServers(vertx.get(), Objects.requireNonNull(options, "the options of the Redis client"));
    }

    /** The routes that everything shares that does not block and is in no hurry. */
    @Produces
    @Singleton
    RedisRoutes sharedRoutes(RedisServers servers) {
        return servers.open(((VertxInternal) vertx.get()).createEventLoopContext(), "shared");
    }

    void closeServers(@Disposes RedisServers servers) {
        servers.close();
    }

    void closeRoutes(@Disposes RedisRoutes routes) {
        routes.close();
    }
}
