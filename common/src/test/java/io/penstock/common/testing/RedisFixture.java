package io.penstock.common.testing;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisServers;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Redis for tests that need no bean container. The data of the shared servers is wiped on the way in. */
public final class RedisFixture implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final RedisServers servers;
    private final @Nullable EmbeddedCluster cluster;
    private final Redis client;

    /** The shared single server. */
    public RedisFixture() {
        this(EmbeddedServers.redisUrl());
        run("FLUSHALL");
    }

    /** A single server of the test's own. */
    public RedisFixture(String url) {
        this(new RedisOptions().setConnectionString(url), null);
    }

    private RedisFixture(RedisOptions options, @Nullable EmbeddedCluster cluster) {
        options.setMaxWaitingHandlers(8192);
        this.servers = new RedisServers(vertx, options);
        this.cluster = cluster;
        this.client = servers.get();
    }

    /** The shared cluster of three masters. */
    public static RedisFixture ofCluster() {
        RedisFixture fixture = of(EmbeddedServers.cluster());
        fixture.run("FLUSHALL");
        return fixture;
    }

    /** A cluster of the test's own. */
    public static RedisFixture of(EmbeddedCluster cluster) {
        RedisOptions options =
                new RedisOptions().setType(RedisClientType.CLUSTER).setEndpoints(cluster.urls());
        return new RedisFixture(options, cluster);
    }

    /** The master that a sentinel knows as {@code mymaster}. */
    public static RedisFixture ofSentinel(RedisNode sentinel) {
        RedisOptions options = new RedisOptions()
                .setType(RedisClientType.SENTINEL)
                .setEndpoints(List.of(sentinel.url()))
                .setMasterName("mymaster");
        return new RedisFixture(options, null);
    }

    public Vertx vertx() {
        return vertx;
    }

    public RedisServers servers() {
        return servers;
    }

    /** Routes on an event loop of their own. The caller closes them. */
    public RedisRouter routes() {
        return servers.open(EventLoopContext.create(vertx), "test");
    }

    /** What {@code ReconnectingConnection} takes: a new client for each connection. */
    public RedisServers clients() {
        return servers;
    }

    /**
     * Runs one command and waits for its answer. In a cluster it runs at the owner of its first argument that has a hash
     * tag; without one at every node, and the last answer is returned.
     */
    public Response run(String command, Object... args) {
        if (cluster != null) {
            return runInCluster(cluster, command, args);
        }
        Request request = Request.cmd(Command.create(command));
        for (Object arg : args) {
            request.arg(arg.toString());
        }
        try {
            return client.send(request)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(command + " failed", e);
        }
    }

    private static Response runInCluster(EmbeddedCluster cluster, String command, Object... args) {
        for (Object arg : args) {
            if (arg.toString().contains("{")) {
                return cluster.ownerOf(arg.toString()).run(command, args);
            }
        }
        return cluster.nodes().stream()
                .filter(RedisNode::isRunning)
                .map(node -> node.run(command, args))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    /** Every key, of all nodes. */
    public Set<String> keys() {
        Set<String> keys = new HashSet<>();
        if (cluster == null) {
            run("KEYS", "*").forEach(key -> keys.add(key.toString()));
        } else {
            cluster.nodes().stream().filter(RedisNode::isRunning).forEach(node -> node.run("KEYS", "*")
                    .forEach(key -> keys.add(key.toString())));
        }
        return keys;
    }

    /** The number that a command answers with. */
    public long count(String command, Object... args) {
        return run(command, args).toLong();
    }

    /** The text that a command answers with. */
    public String text(String command, Object... args) {
        return String.valueOf(run(command, args));
    }

    /** Returns when so much time has passed by the server's clock, for what depends on it. */
    public void passMillis(long millis) {
        long end = nowMillis() + millis;
        while (nowMillis() <= end) {
            Thread.onSpinWait();
        }
    }

    /** Returns when so many clients wait in blocking commands, in all nodes together. */
    public void untilBlocked(int clients) {
        Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> blockedClients() == clients);
    }

    private int blockedClients() {
        if (cluster == null) {
            return blockedClients(text("INFO", "clients"));
        }
        return cluster.nodes().stream()
                .filter(RedisNode::isRunning)
                .mapToInt(node -> blockedClients(node.run("INFO", "clients").toString()))
                .sum();
    }

    private static int blockedClients(String info) {
        return info.lines()
                .filter(line -> line.startsWith("blocked_clients:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).trim()))
                .sum();
    }

    private long nowMillis() {
        Response time = run("TIME");
        return time.get(0).toLong() * 1_000 + time.get(1).toLong() / 1_000;
    }

    @Override
    public void close() {
        client.close();
        vertx.close();
    }
}
