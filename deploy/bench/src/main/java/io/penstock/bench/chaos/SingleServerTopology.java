package io.penstock.bench.chaos;

import io.penstock.bench.Pause;
import io.vertx.core.Vertx;
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
 * One Redis server with an append-only file, behind a {@link FaultProxy}. With {@code appendfsync everysec} a crash takes what
 * was written in its last second with it, as a power cut would; a killed process alone would leave that to the operating
 * system, which does not forget.
 */
final class SingleServerTopology implements Topology {

    /** When Redis waits for its disk. */
    enum Fsync {
        ALWAYS,
        EVERYSEC;

        /** Of redis.conf, for a server that keeps what it holds, and refuses what it has no room for. */
        List<String> settings() {
            return List.of("appendonly", "yes", "appendfsync", word(), "maxmemory-policy", "noeviction");
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** By Redis's documentation a crash can lose a second; a write that waits for a slow fsync up to two. */
    private static final long EVERYSEC_FORGETS_MS = 2_000;

    private static final long POWER_CUT_TAKES_MS = 1_000;
    private static final long SAMPLE_MS = 100;
    private static final Duration BETWEEN_CUTS = Duration.ofMillis(500);
    private static final Duration FULL = Duration.ofSeconds(3);

    private final Vertx vertx = Vertx.vertx();
    private final Fsync fsync;
    private final Random random;
    private final Duration standsStill;
    private final Duration lease;
    private final Object oneAtATime = new Object();
    /** A full Redis cannot note that it stood still, so that nobody would be let first: not a promise to be held to. */
    private final Object fullOrStill = new Object();

    private final ProxiedRedis redis;
    private final ArrayDeque<Length> lengths = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** How long the append-only file was at a time. */
    private record Length(long nanos, Path file, long bytes) {}

    SingleServerTopology(Fsync fsync, long seed, Duration lease) {
        this.lease = lease;
        this.standsStill = lease.multipliedBy(3).dividedBy(2);
        this.fsync = fsync;
        this.random = new Random(seed);
        redis = new ProxiedRedis(
                vertx, (port, announced) -> RedisProcess.server(ChaosRun.newDirectory(), port, fsync.settings()));
        if (fsync == Fsync.EVERYSEC) {
            vertx.setPeriodic(SAMPLE_MS, timer -> sample());
        }
    }

    @Override
    public RedisAddress address() {
        return RedisAddress.ofServer(redis.url());
    }

    @Override
    public List<Fault> faults() {
        return List.of(new Restart(), new Cut(List.of(redis), random, BETWEEN_CUTS), new Full(), new StandsStill());
    }

    @Override
    public long connections() {
        return redis.connections();
    }

    @Override
    public long keys() {
        return redis.keys();
    }

    @Override
    public long mayForgetMs() {
        return fsync == Fsync.ALWAYS ? 0 : EVERYSEC_FORGETS_MS;
    }

    @Override
    public String description() {
        return "one Redis, appendfsync " + fsync.word();
    }

    private synchronized void sample() {
        if (!redis.isUp()) {
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
        try (var files = Files.list(redis.process().directory().resolve("appendonlydir"))) {
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

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        redis.close();
        vertx.close();
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
            synchronized (oneAtATime) {
                restart(log);
            }
        }

        private void restart(FaultLog log) throws IOException {
            long from = System.currentTimeMillis();
            redis.kill();
            if (fsync == Fsync.EVERYSEC) {
                forgetLatest();
            }
            // Being away for a moment is part of the fault.
            Pause.of(Duration.ofMillis(random.nextInt(400)));
            try {
                redis.startAgain();
            } finally {
                log.crashOfStore(kind(), from, System.currentTimeMillis());
            }
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
            return redis.isUp();
        }

        @Override
        public void strike(FaultLog log) {
            synchronized (fullOrStill) {
                fill(log);
            }
        }

        private void fill(FaultLog log) {
            long from = System.currentTimeMillis();
            redis.ask("CONFIG", "SET", "maxmemory", "1");
            // How long it is full is part of the fault. A restart meanwhile makes room by itself.
            Pause.of(FULL);
            redis.awaitUp();
            redis.ask("CONFIG", "SET", "maxmemory", "0");
            log.onAll(kind(), from, System.currentTimeMillis());
        }
    }

    /** The server stands still for longer than a lease: all leases are over when it goes on, and no worker is to blame. */
    private final class StandsStill implements Fault {

        @Override
        public String kind() {
            return FaultInterval.REDIS_STANDS_STILL;
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
            return redis.isUp();
        }

        @Override
        public void strike(FaultLog log) {
            synchronized (fullOrStill) {
                standStill(log);
                // Until it has noted it.
                Pause.of(lease);
            }
        }

        private void standStill(FaultLog log) {
            synchronized (oneAtATime) {
                long from = System.currentTimeMillis();
                redis.process().freeze();
                // How long it stands still is part of the fault.
                Pause.of(standsStill);
                redis.process().thaw();
                log.outage(kind(), from, System.currentTimeMillis());
            }
        }
    }
}
