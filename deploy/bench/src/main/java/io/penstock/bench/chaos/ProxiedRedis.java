package io.penstock.bench.chaos;

import io.penstock.bench.FreePort;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * A Redis process behind a {@link FaultProxy}: whoever works with it, and other servers, know it at the wire's port; the ground
 * asks past it. Removes its directory in the end.
 */
final class ProxiedRedis implements AutoCloseable {

    private static final long DEADLINE_MS = 10_000;
    private static final int SCAN_PAGE = 5_000;
    private static final Duration TO_BE_UP = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final FaultProxy proxy;
    private final RedisProcess process;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean up = true;

    /** Starts a process. */
    interface Launch {
        /**
         * Does so, and does not wait.
         *
         * @param port where it is to be
         * @param announced where others are to look for it
         */
        RedisProcess at(int port, int announced);
    }

    /** Returns when it serves. */
    ProxiedRedis(Vertx vertx, Launch launch) {
        this.vertx = vertx;
        int port = FreePort.next();
        proxy = new FaultProxy(vertx, port);
        process = launch.at(port, proxy.port());
        process.awaitServing();
    }

    /** Where others find it. */
    int port() {
        return proxy.port();
    }

    String url() {
        return "redis://127.0.0.1:" + proxy.port();
    }

    RedisProcess process() {
        return process;
    }

    /** False from {@link #kill} until it serves again. */
    boolean isUp() {
        return up;
    }

    /** Past the wire, over a connection of its own. Throws {@link NotAnsweredException}. */
    Response ask(String command, Object... args) {
        Request request = Request.cmd(Command.create(command));
        for (Object arg : args) {
            request.arg(arg.toString());
        }
        Redis client = Redis.createClient(vertx, process.url());
        try {
            return client.connect()
                    .compose(connection -> connection.send(request))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(DEADLINE_MS, TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new NotAnsweredException(command + " at port " + process.port() + ": " + e.getCause(), e);
        } finally {
            client.close();
        }
    }

    /** A field of INFO or CLUSTER INFO; empty when it is not there. */
    String told(String field, String command, Object... args) {
        return field(ask(command, args).toString(), field);
    }

    /** A field of what INFO or CLUSTER INFO answered; empty when it is not there. */
    static String field(String info, String field) {
        return info.lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).trim())
                .findFirst()
                .orElse("");
    }

    /** Connections of clients: without the one that asks, those of sentinels, and those by which nodes move keys. */
    long connections() {
        return Stream.of("normal", "pubsub")
                .flatMap(type -> ask("CLIENT", "LIST", "TYPE", type).toString().lines())
                .filter(line -> !line.isEmpty())
                .filter(line -> Stream.of(" cmd=client|list ", " cmd=restore", " name=sentinel-")
                        .noneMatch(line::contains))
                .count();
    }

    /** Without those that remember calls with an idempotency key: they are to stay, for their time. */
    long keys() {
        return ask("DBSIZE").toLong() - named("idempotency:*") - named("*:idempotent*");
    }

    private long named(String pattern) {
        long found = 0;
        String cursor = "0";
        do {
            Response page = ask("SCAN", cursor, "MATCH", pattern, "COUNT", SCAN_PAGE);
            cursor = page.get(0).toString();
            found += page.get(1).size();
        } while (!cursor.equals("0"));
        return found;
    }

    /** Resets connections: all, or about half of them. */
    void cut(Random random) {
        proxy.cut(random);
    }

    /** As {@code kill -9}. */
    void kill() {
        up = false;
        process.kill();
    }

    /** Returns when it serves again, with what it has on its disk. */
    void startAgain() {
        process.startAgain();
        cameUp();
    }

    private synchronized void cameUp() {
        up = true;
        notifyAll();
    }

    /** Returns at once where it was not killed. */
    synchronized void awaitUp() {
        long end = System.nanoTime() + TO_BE_UP.toNanos();
        try {
            for (long left = end - System.nanoTime(); !up; left = end - System.nanoTime()) {
                if (left <= 0) {
                    throw new ChaosException("Redis is not up again after " + TO_BE_UP.toSeconds() + " s");
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            // In this order nobody knocks at a wire that is being taken down.
            process.close();
            proxy.close();
            RedisProcess.remove(process.directory());
        }
    }
}
