package io.penstock.common.redis;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Redis of this deployment, as configured: one server, one that Sentinel names, or a cluster. It opens routes to it;
 * nothing behind them knows which of the three it is.
 *
 * <p>The cluster client of Vert.x is not used: its connections stay broken after the loss of a node, its batches do not
 * follow a slot that moves, and it would share one connection between blocking reads and everything else.
 */
public final class RedisServers implements Supplier<Redis> {

    private final Vertx vertx;
    private final RedisOptions options;
    private final @Nullable ClusterTopology topology;

    /** @param options what a Redis client takes; the type says which of the three */
    public RedisServers(Vertx vertx, RedisOptions options) {
        this.vertx = vertx;
        this.options = options;
        this.topology = options.getType() == RedisClientType.CLUSTER
                ? new ClusterTopology(vertx, this::nodeClient, addresses(options.getEndpoints()))
                : null;
    }

    /** Routes for commands that do not block. The caller closes them. */
    public RedisRoutes open(Context context, String name) {
        return open(context, name, false);
    }

    /** Routes for blocking reads of the keys of one hash tag: they have one connection at a time. The caller closes them. */
    public RedisRoutes openReader(Context context, String name) {
        return open(context, name, true);
    }

    private RedisRoutes open(Context context, String name, boolean lone) {
        return topology == null
                ? new RedisLink(context, this, name)
                : new ClusterRoutes(context, name, this::nodeClient, topology, lone);
    }

    /** A client for the configured server or, with Sentinel, for the master. */
    @Override
    public Redis get() {
        return Redis.createClient(vertx, options);
    }

    /** A client for one node of the cluster, with the credentials and the security of the configured ones. */
    private Redis nodeClient(String address) {
        URI seed = URI.create(options.getEndpoint());
        String user = seed.getRawUserInfo() == null ? "" : seed.getRawUserInfo() + "@";
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        String query = seed.getRawQuery() == null ? "" : "?" + seed.getRawQuery();
        String url = seed.getScheme() + "://" + user + bracketed + address.substring(colon) + query;
        return Redis.createClient(
                vertx,
                new RedisOptions(options).setType(RedisClientType.STANDALONE).setEndpoints(List.of(url)));
    }

    private static List<String> addresses(List<String> urls) {
        return urls.stream()
                .map(URI::create)
                .map(url -> url.getHost() + ":" + (url.getPort() < 0 ? 6379 : url.getPort()))
                .toList();
    }
}
