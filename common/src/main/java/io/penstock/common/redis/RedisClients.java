package io.penstock.common.redis;

import io.quarkus.proxy.ProxyConfigurationRegistry;
import io.quarkus.redis.runtime.client.VertxRedisClientFactory;
import io.quarkus.redis.runtime.client.config.RedisClientConfig;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Map<String, RedisServers> others = new ConcurrentHashMap<>();

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
        return open(RedisConfig.DEFAULT_CLIENT_NAME);
    }

    /**
     * The Redis that {@code quarkus.redis."<name>"} describes, beside that of the queues. The same for the same name; closed
     * with the process.
     *
     * @throws IllegalStateException where it is not configured
     */
    public RedisServers named(String name) {
        return others.computeIfAbsent(name, this::open);
    }

    private RedisServers open(String name) {
        RedisConfig config =
                ConfigProvider.getConfig().unwrap(SmallRyeConfig.class).getConfigMapping(RedisConfig.class);
        RedisClientConfig settings = config.clients().get(name);
        if (settings == null) {
            throw new IllegalStateException("no Redis client of this name is configured: quarkus.redis."
                    + (name.equals(RedisConfig.DEFAULT_CLIENT_NAME) ? "" : "\"" + name + "\".") + "hosts");
        }
        VertxRedisClientFactory.create(name, vertx, settings, tls, proxies).close();
        return new RedisServers(vertx, configured.options(name).orElseThrow());
    }

    @PreDestroy
    void closeOthers() {
        others.values().forEach(RedisServers::close);
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
