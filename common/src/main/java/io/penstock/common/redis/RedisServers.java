package io.penstock.common.redis;

import io.penstock.common.loop.EventLoopContext;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Redis of this deployment, as configured: one server, one that Sentinel names, or a cluster. It opens routes to it;
 * nothing behind them knows which of the three it is.
 *
 * <p>The cluster client of Vert.x is not used: its connections stay broken after the loss of a node, its batches do not
 * follow a slot that moves, and it would share one connection between blocking reads and everything else. Its following
 * of Sentinel is not used either: it may go back to the old master, and loses sight of the connections it replaces.
 */
public final class RedisServers implements Supplier<Redis>, AutoCloseable {

    /**
     * Commands that one connection waits for at least, before the client refuses more. Vert.x has 2,048, of which a few
     * bulks at once are enough. A place costs four bytes per connection.
     */
    public static final int UNANSWERED = 16_384;

    private final Vertx vertx;
    private final RedisOptions options;
    private final @Nullable ClusterTopology topology;
    private final List<SentinelWatch> watches;
    /** Of links behind Sentinel, until they are closed. */
    private final Set<ReconnectingConnection> links = ConcurrentHashMap.newKeySet();

    /** @param options what a Redis client takes; the type says which of the three */
    public RedisServers(Vertx vertx, RedisOptions options) {
        this.vertx = vertx;
        this.options =
                new RedisOptions(options).setMaxWaitingHandlers(Math.max(options.getMaxWaitingHandlers(), UNANSWERED));
        this.topology = options.getType() == RedisClientType.CLUSTER
                ? new ClusterTopology(vertx, this::nodeClient, addresses(options.getEndpoints()))
                : null;
        this.watches = options.getType() == RedisClientType.SENTINEL
                ? options.getEndpoints().stream().map(this::watch).toList()
                : List.of();
        watches.forEach(SentinelWatch::start);
    }

    private SentinelWatch watch(String sentinel) {
        Supplier<Redis> clients = () -> client(sentinel);
        return new SentinelWatch(
                vertx, clients, options.getMasterName(), () -> links.forEach(ReconnectingConnection::renew));
    }

    /** Routes for commands that do not block. The caller closes them. */
    public RedisRouter open(EventLoopContext context, String name) {
        return open(context, name, false);
    }

    /** Routes for commands that do not block, taken from many event loops; see {@link EventLoopRouter}. The caller closes them. */
    public RedisRouter openNear(String name) {
        return new EventLoopRouter(vertx, context -> open(context, name));
    }

    /** Routes for blocking reads of the keys of one hash tag: they have one connection at a time. The caller closes them. */
    public RedisRouter openReader(EventLoopContext context, String name) {
        return open(context, name, true);
    }

    private RedisRouter open(EventLoopContext context, String name, boolean lone) {
        if (topology != null) {
            return new ClusterRouter(context, name, this::nodeClient, topology, lone);
        }
        ReconnectingConnection link = new ReconnectingConnection(context, this, name);
        if (!watches.isEmpty()) {
            links.removeIf(ReconnectingConnection::isClosed);
            links.add(link);
        }
        return link;
    }

    /** Hears what is published to the channels of a pattern, whichever server it is published at. The caller closes it. */
    public RedisSubscription subscribe(EventLoopContext context, String pattern, RedisSubscription.Listener listener) {
        return new RedisSubscription(context, this::anyClient, pattern, listener);
    }

    /** The same, for listeners that must know within two seconds that they no longer hear. The caller closes it. */
    public RedisSubscription subscribeProbed(
            EventLoopContext context, String pattern, RedisSubscription.Listener listener) {
        return new RedisSubscription(context, this::anyClient, pattern, listener, true);
    }

    /** Replicas and the other nodes of a cluster pass on what is published; so any one that answers will do. */
    private Redis anyClient() {
        if (topology == null) {
            return get();
        }
        List<String> seeds = addresses(options.getEndpoints());
        return nodeClient(seeds.get(ThreadLocalRandom.current().nextInt(seeds.size())));
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
        return client(url);
    }

    private Redis client(String url) {
        return Redis.createClient(
                vertx,
                new RedisOptions(options).setType(RedisClientType.STANDALONE).setEndpoints(List.of(url)));
    }

    /** Stops watching. Routes that were opened go on until they are closed. */
    @Override
    public void close() {
        watches.forEach(SentinelWatch::close);
    }

    private static List<String> addresses(List<String> urls) {
        return urls.stream()
                .map(URI::create)
                .map(url -> url.getHost() + ":" + (url.getPort() < 0 ? 6379 : url.getPort()))
                .toList();
    }
}
