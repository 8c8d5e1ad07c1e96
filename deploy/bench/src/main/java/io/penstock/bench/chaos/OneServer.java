package io.penstock.bench.chaos;

import io.penstock.bench.Pause;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One Redis server with an append-only file, behind a {@link Wire}. With {@code appendfsync everysec} a crash takes what
 * was written in its last second with it, as a power cut would; a killed process alone would leave that to the operating
 * system, which does not forget.
 */
final class OneServer implements Ground {

    /** When Redis waits for its disk. */
    enum Fsync {
        ALWAYS,
        EVERYSEC
    }

    /** By Redis's documentation a crash can lose a second; a write that waits for a slow fsync up to two. */
    private static final long EVERYSEC_FORGETS_MS = 2_000;

    private static final long POWER_CUT_TAKES_MS = 1_000;
    private static final long SAMPLE_MS = 100;
    private static final long DEADLINE_MS = 10_000;
    private static final Duration FULL = Duration.ofSeconds(3);
    private static final Duration TO_BE_UP = Duration.ofSeconds(30);

    private final Vertx vertx = Vertx.vertx();
    private final Fsync fsync;
    private final Random random;
    private final RedisProcess redis;
    private final Wire wire;
    private final ArrayDeque<Length> lengths = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean down;

    /** How long the append-only file was at a time. */
    private record Length(long nanos, Path file, long bytes) {}

    OneServer(Path directory, Fsync fsync, long seed) {
        this.fsync = fsync;
        this.random = new Random(seed);
        redis = new RedisProcess(
                directory,
                "appendonly",
                "yes",
                "appendfsync",
                fsync.name().toLowerCase(Locale.ROOT),
                "maxmemory-policy",
                "noeviction");
        redis.awaitServing();
        wire = new Wire(vertx, redis.port());
        if (fsync == Fsync.EVERYSEC) {
            vertx.setPeriodic(SAMPLE_MS, timer -> sample());
        }
    }

    @Override
    public RedisAddress address() {
        return RedisAddress.ofServer("redis://127.0.0.1:" + wire.port());
    }

    @Override
    public List<Fault> faults() {
        return List.of(new Restart(), new Cut(), new Full());
    }

    @Override
    public long connections() {
        return ask("CLIENT", "LIST", "TYPE", "normal")
                .lines()
                .filter(line -> !line.contains(" cmd=client|list "))
                .count();
    }

    @Override
    public long keys() {
        return Long.parseLong(ask("DBSIZE"));
    }

    @Override
    public long mayForgetMs() {
        return fsync == Fsync.ALWAYS ? 0 : EVERYSEC_FORGETS_MS;
    }

    @Override
    public String description() {
        return "one Redis, appendfsync " + fsync.name().toLowerCase(Locale.ROOT);
    }

    /** Asks past the wire. */
    private String ask(String command, String... args) {
        Request request = Request.cmd(Command.create(command));
        for (String arg : args) {
            request.arg(arg);
        }
        Redis client = Redis.createClient(vertx, redis.url());
        try {
            Response answer = client.connect()
                    .compose(connection -> connection.send(request))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(DEADLINE_MS, TimeUnit.MILLISECONDS)
                    .join();
            return answer.toString();
        } finally {
            client.close();
        }
    }

    private synchronized void sample() {
        if (down) {
            return;
        }
        newestFile().ifPresent(file -> {
            try {
                lengths.add(new Length(System.nanoTime(), file, Files.size(file)));
            } catch (IOException e) {
                // The next look will tell.
            }
        });
        while (lengths.size() > 100) {
            lengths.remove();
        }
    }

    private Optional<Path> newestFile() {
        try (var files = Files.list(redis.directory().resolve("appendonlydir"))) {
            return files.filter(file -> file.toString().endsWith(".incr.aof")).max(Comparator.naturalOrder());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What a power cut would take: all that was written since the last fsync. */
    private synchronized void forgetLatest() throws IOException {
        long latest = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(POWER_CUT_TAKES_MS);
        Optional<Length> last =
                lengths.stream().filter(length -> length.nanos() - latest < 0).reduce((a, b) -> b);
        if (last.isPresent()) {
            try (FileChannel file = FileChannel.open(last.get().file(), StandardOpenOption.WRITE)) {
                file.truncate(last.get().bytes());
            }
        }
        lengths.clear();
    }

    private synchronized void cameUp() {
        down = false;
        notifyAll();
    }

    private synchronized void awaitUp() {
        long end = System.nanoTime() + TO_BE_UP.toNanos();
        try {
            for (long left = end - System.nanoTime(); down; left = end - System.nanoTime()) {
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
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        wire.close();
        redis.close();
        vertx.close();
        RedisProcess.remove(redis.directory());
    }

    /** The server dies and is started again. */
    private final class Restart implements Fault {

        @Override
        public String kind() {
            return "restart Redis";
        }

        @Override
        public Duration pause() {
            return Duration.ofSeconds(6);
        }

        @Override
        public void strike(FaultLog log) throws IOException {
            long from = System.currentTimeMillis();
            down = true;
            redis.kill();
            if (fsync == Fsync.EVERYSEC) {
                forgetLatest();
            }
            // Being away for a moment is part of the fault.
            Pause.of(Duration.ofMillis(random.nextInt(400)));
            try {
                redis.startAgain();
                cameUp();
            } finally {
                log.crashOfStore(kind(), from, System.currentTimeMillis());
            }
        }
    }

    /** Connections are reset. */
    private final class Cut implements Fault {

        @Override
        public String kind() {
            return "cut connections";
        }

        @Override
        public Duration pause() {
            return Duration.ofMillis(500);
        }

        @Override
        public boolean isPossible() {
            return !down;
        }

        @Override
        public void strike(FaultLog log) {
            long from = System.currentTimeMillis();
            wire.cut(random);
            log.onAll(kind(), from, System.currentTimeMillis());
        }
    }

    /** The server has no memory left, for some seconds. */
    private final class Full implements Fault {

        @Override
        public String kind() {
            return "Redis is full";
        }

        @Override
        public Duration pause() {
            return Duration.ZERO;
        }

        @Override
        public boolean isOnce() {
            return true;
        }

        @Override
        public boolean isPossible() {
            return !down;
        }

        @Override
        public void strike(FaultLog log) {
            long from = System.currentTimeMillis();
            ask("CONFIG", "SET", "maxmemory", "1");
            // How long it is full is part of the fault. A restart meanwhile makes room by itself.
            Pause.of(FULL);
            awaitUp();
            ask("CONFIG", "SET", "maxmemory", "0");
            log.onAll(kind(), from, System.currentTimeMillis());
        }
    }
}
