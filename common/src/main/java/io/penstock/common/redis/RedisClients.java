package io.penstock.common.redis;

import io.quarkus.proxy.ProxyConfigurationRegistry;
import io.quarkus.redis.runtime.client.VertxRedisClientFactory;
import io.quarkus.redis.runtime.client.config.RedisClientConfig;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Redis;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Objects;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.ConfigProvider;

/** Makes Redis clients from {@code quarkus.redis.*}: standalone, Sentinel or Cluster, TLS and passwords included. */
@ApplicationScoped
public class RedisClients implements Supplier<Redis> {

    private final Vertx vertx;
    private final TlsConfigurationRegistry tls;
    private final ProxyConfigurationRegistry proxies;

    @Inject
    public RedisClients(Vertx vertx, TlsConfigurationRegistry tls, ProxyConfigurationRegistry proxies) {
        this.vertx = vertx;
        this.tls = tls;
        this.proxies = proxies;
    }

    @Override
    public Redis get() {
        RedisConfig config =
                ConfigProvider.getConfig().unwrap(SmallRyeConfig.class).getConfigMapping(RedisConfig.class);
        RedisClientConfig settings =
                Objects.requireNonNull(config.clients().get(RedisConfig.DEFAULT_CLIENT_NAME), "quarkus.redis.hosts");
        return VertxRedisClientFactory.create(RedisConfig.DEFAULT_CLIENT_NAME, vertx, settings, tls, proxies);
    }

    /** A link on an event loop of its own choice. The caller closes it. */
    public RedisLink newLink(String name) {
        return newLink(name, ((VertxInternal) vertx).createEventLoopContext());
    }

    /** A connection that hears what is published, on an event loop of its own choice. The caller closes it. */
    public RedisSubscription subscribe(String pattern, RedisSubscription.Listener listener) {
        return new RedisSubscription(((VertxInternal) vertx).createEventLoopContext(), this, pattern, listener);
    }

    /** A link on the caller's event loop. The caller closes it. */
    public RedisLink newLink(String name, Context context) {
        return new RedisLink(context, this, name);
    }
}
