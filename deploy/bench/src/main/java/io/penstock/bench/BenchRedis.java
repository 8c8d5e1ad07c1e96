package io.penstock.bench;

import io.penstock.common.queue.Lane;
import io.penstock.common.redis.RedisKeys;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The server that is measured, asked about itself and cleaned up, over a connection apart from the engine's. */
public final class BenchRedis implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
    private static final Duration LATE = Duration.ofMillis(100);
    private static final double MICROS_PER_SECOND = 1e6;
    private static final int SCAN_COUNT = 1_000;

    private final Vertx vertx = Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
    private final Redis client;

    /** Fails with {@link BenchException} when nobody answers there. */
    public BenchRedis(String url) {
        client = Redis.createClient(vertx, new RedisOptions().setConnectionString(url));
        try {
            run("PING");
        } catch (BenchException e) {
            close();
            throw new BenchException("no Redis answers at the given URL: " + e.getMessage());
        }
    }

    /** User and system time of the whole server since its start. */
    double cpuMicros() {
        String cpu = run("INFO", "cpu").toString();
        return (number(cpu, "used_cpu_user") + number(cpu, "used_cpu_sys")) * MICROS_PER_SECOND;
    }

    double usedMemory() {
        return number(run("INFO", "memory").toString(), "used_memory");
    }

    /** Dead jobs of a queue with one partition. */
    long dead(String queue) {
        return run("ZCARD", RedisKeys.dead(queue, 0)).toLong();
    }

    public long size() {
        return run("DBSIZE").toLong();
    }

    public void flush() {
        run("FLUSHDB");
    }

    /**
     * Adds a job to the first partition of a queue and claims it in the same step, for a worker that does not exist.
     *
     * @return its stream entry
     */
    String claimByNobody(String queue, String header, String payload) {
        return run(
                        "EVAL",
                        """
                        local id = redis.call('XADD', KEYS[1], '*', 'h', ARGV[1], 'p', ARGV[2])
                        redis.call('XREADGROUP', 'GROUP', 'workers', 'nobody', 'COUNT', 1, 'STREAMS', KEYS[1], '>')
                        return id
                        """,
                        1,
                        RedisKeys.ready(queue, 0, Lane.MAIN, 0),
                        header,
                        payload)
                .toString();
    }

    /** Whether nothing waits or runs in the first partition of a queue, at the usual priority. */
    boolean isReadyEmpty(String queue) {
        return run("XLEN", RedisKeys.ready(queue, 0, Lane.MAIN, 0)).toLong() == 0;
    }

    /** Removes every key of a queue, in all its partitions. */
    void remove(String queue) {
        String oneKey = RedisKeys.meta(queue, 0);
        removeMatching(oneKey.substring(0, oneKey.lastIndexOf("0}")) + "*}:*");
        // Who was broken off has not given its leases up.
        for (Response partition : run("HKEYS", RedisKeys.MAINTENANCE)) {
            if (partition.toString().startsWith(queue + ":")) {
                run("HDEL", RedisKeys.MAINTENANCE, partition);
            }
        }
    }

    /** Removes every key that matches a pattern of {@code SCAN}. */
    public void removeMatching(String pattern) {
        String cursor = "0";
        List<Object> keys = new ArrayList<>();
        do {
            Response reply = run("SCAN", cursor, "MATCH", pattern, "COUNT", SCAN_COUNT);
            cursor = reply.get(0).toString();
            reply.get(1).forEach(key -> keys.add(key.toString()));
        } while (!cursor.equals("0"));
        if (!keys.isEmpty()) {
            // Not UNLINK: memory that is still being given back would count against the next run.
            run("DEL", keys.toArray());
        }
    }

    /**
     * For connections that were closed with commands under way: Redis may have received them and run them still. It does
     * not tell when it has; nothing runs late by more than some hundred milliseconds.
     */
    void removeWhatStillArrives(String queue) {
        for (int i = 0; i < 3; i++) {
            remove(queue);
            Pause.of(LATE);
        }
        remove(queue);
    }

    /** What the server says about itself, as in {@code INFO}. */
    public String told(String section, String field) {
        return value(run("INFO", section).toString(), field);
    }

    /** A setting of the server, or null when it has no such setting or does not tell. */
    public @Nullable String setting(String name) {
        try {
            Response value = run("CONFIG", "GET", name).get(name);
            return value == null ? null : value.toString();
        } catch (BenchException refused) {
            return null;
        }
    }

    /** Shrinks the append-only file to what the database holds, and waits for that. */
    public void rewriteAppendOnlyFile() {
        awaitRewrite();
        run("BGREWRITEAOF");
        awaitRewrite();
    }

    /** Redis says in {@code INFO} alone that a rewrite is over. */
    private void awaitRewrite() {
        if (!Pause.until(this::isRewritten, BETWEEN_LOOKS, DEADLINE)) {
            throw new BenchException(
                    "the append-only file is still being rewritten after " + DEADLINE.toSeconds() + " s");
        }
    }

    private boolean isRewritten() {
        return told("persistence", "aof_rewrite_in_progress").equals("0")
                && told("persistence", "aof_rewrite_scheduled").equals("0");
    }

    private static double number(String info, String field) {
        return Double.parseDouble(value(info, field));
    }

    private static String value(String info, String field) {
        Matcher line =
                Pattern.compile("^" + field + ":(\\S*)", Pattern.MULTILINE).matcher(info);
        if (!line.find()) {
            throw new BenchException("INFO does not tell " + field);
        }
        return line.group(1);
    }

    private Response run(String command, Object... args) {
        Request request = Request.cmd(Command.create(command));
        for (Object arg : args) {
            request.arg(arg.toString());
        }
        try {
            return client.send(request)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException(command + " was interrupted");
        } catch (ExecutionException e) {
            throw new BenchException(
                    command + " failed: " + String.valueOf(e.getCause()).replaceFirst("^[^ ]*: ", ""));
        } catch (TimeoutException e) {
            throw new BenchException(command + " was not answered within " + DEADLINE.toSeconds() + " s");
        }
    }

    @Override
    public void close() {
        client.close();
        vertx.close();
    }
}
