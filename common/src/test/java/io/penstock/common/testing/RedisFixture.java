package io.penstock.common.testing;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Redis for tests that need no bean container. The data of the shared server is wiped on the way in. */
public final class RedisFixture implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final String url;
    private final Redis client;

    public RedisFixture() {
        this(EmbeddedServers.redisUrl());
        run("FLUSHALL");
    }

    public RedisFixture(String url) {
        this.url = url;
        this.client = newClient();
    }

    public Vertx vertx() {
        return vertx;
    }

    /** What {@code RedisLink} takes: a new client for each connection. */
    public Supplier<Redis> clients() {
        return this::newClient;
    }

    /** Runs one command and waits for its answer. */
    public Response run(String command, Object... args) {
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

    /** Returns when so many clients wait in blocking commands. */
    public void untilBlocked(int clients) {
        String blocked = "blocked_clients:" + clients;
        while (!text("INFO", "clients").contains(blocked)) {
            Thread.onSpinWait();
        }
    }

    private long nowMillis() {
        Response time = run("TIME");
        return time.get(0).toLong() * 1_000 + time.get(1).toLong() / 1_000;
    }

    private Redis newClient() {
        return Redis.createClient(
                vertx, new RedisOptions().setConnectionString(url).setMaxWaitingHandlers(8192));
    }

    @Override
    public void close() {
        client.close();
        vertx.close();
    }
}
