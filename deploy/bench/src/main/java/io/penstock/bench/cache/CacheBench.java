package io.penstock.bench.cache;

import io.penstock.bench.AppendOnlyFile;
import io.penstock.bench.BenchException;
import io.penstock.bench.EmbeddedRedis;
import io.penstock.bench.LineProcess;
import io.penstock.bench.StartUp;
import io.penstock.bench.Terminal;
import io.penstock.common.cache.CacheDefinition;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.Tier;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.Ttl;
import io.penstock.common.flow.RateLimit;
import io.penstock.common.flow.redis.RedisRateLimiter;
import io.quarkus.cache.CaffeineCache;
import io.quarkus.cache.runtime.caffeine.CaffeineCacheImpl;
import io.quarkus.cache.runtime.caffeine.CaffeineCacheInfo;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Request;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Each promise of the caches and of the shared rate limit, measured beside what it is compared with in the same run. A line
 * per promise: the figure, the bound, whether it holds. Exit code 1 where one does not.
 */
@Command(
        name = "deploy/bench/cache",
        sortOptions = false,
        description =
                "Measures the caches and the shared rate limit against a Redis of its own. See deploy/docs/cache.md.")
public final class CacheBench implements Callable<Integer> {

    private static final int KEYS = 1_000;
    private static final int BATCH = 1_000;
    private static final int NODES = 3;
    private static final int LIMITERS = 8;
    private static final int MOST_SECONDS = 3_600;
    /** As it is by default. */
    private static final Duration SHIPPED_WAIT = Duration.ofMillis(30);

    private static final Duration LONG_WAIT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Rounds of each comparison, 1 to 100. Default: ${DEFAULT-VALUE}.")
    private int rounds = 7;

    @Option(
            names = "--limit-seconds",
            paramLabel = "N",
            description = "How long the rate limit of 100 per minute is hammered, 61 to 3600; 0: not at all. "
                    + "Default: ${DEFAULT-VALUE}.")
    private int limitSeconds = 130;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    @SuppressWarnings("unused") // asked for by picocli
    private boolean help;

    private boolean allHold = true;

    public static void main(String[] args) {
        StartUp.once();
        Terminal.main(new CacheBench(), args);
    }

    @Override
    public Integer call() {
        require(rounds >= 1 && rounds <= 100, "--rounds must be 1 to 100");
        require(
                limitSeconds == 0 || (limitSeconds > 60 && limitSeconds <= MOST_SECONDS),
                "--limit-seconds must be 0 or 61 to " + MOST_SECONDS);
        try (EmbeddedRedis redis = new EmbeddedRedis(AppendOnlyFile.OFF)) {
            spec.commandLine().getErr().println("Redis: " + redis.program());
            try (CacheNodes node = new CacheNodes(redis.url(), LONG_WAIT)) {
                memoryHits(node);
                redisHits(node);
            }
            misses(redis.url());
            changes(redis.url());
            if (limitSeconds > 0) {
                limit(redis.url());
            }
            outage();
        }
        return allHold ? 0 : 1;
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private void tell(String what, double figure, String unit, String bound, boolean holds) {
        allHold &= holds;
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(
                Locale.ROOT,
                "%-58s %12.3f %-6s %-28s %s",
                what,
                figure,
                unit,
                bound,
                holds ? "holds" : "DOES NOT HOLD"));
        out.flush();
    }

    // Hits in memory

    private void memoryHits(CacheNodes node) {
        TieredCache<String, String> cache = node.open(values("memory", Tier.HYBRID, "product:basic:"));
        CaffeineCacheInfo info = new CaffeineCacheInfo();
        info.name = "bare";
        info.maximumSize = 10_000L;
        info.expireAfterWrite = Duration.ofMinutes(10);
        CaffeineCache bare = new CaffeineCacheImpl(info, false);
        for (int i = 0; i < KEYS; i++) {
            await(cache.get("B0" + i));
            bare.put("product:basic:B0" + i, CompletableFuture.completedFuture("value"));
        }
        IntFunction<Uni<String>> ours = i -> cache.get("B0" + i);
        IntFunction<Uni<String>> theirs = i ->
                bare.getAsync("product:basic:B0" + i, key -> Uni.createFrom().item("loaded"));
        perSecond(ours, 500_000);
        perSecond(theirs, 500_000);
        List<Double> ratios = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            double mine = perSecond(ours, 1_000_000);
            rates.add(mine);
            ratios.add(mine / perSecond(theirs, 1_000_000));
        }
        tell("hit in memory, one thread", median(rates) / 1e6, "M/s", "", true);
        tell(
                "  beside getAsync of a bare quarkus-cache (Caffeine)",
                median(ratios),
                "",
                "0.8 or more",
                median(ratios) >= 0.8);
    }

    private static double perSecond(IntFunction<Uni<String>> read, int reads) {
        long begin = System.nanoTime();
        int found = 0;
        for (int i = 0; i < reads; i++) {
            String[] got = new String[1];
            read.apply(i % KEYS).subscribe().with(value -> got[0] = value);
            found += got[0] == null ? 0 : 1;
        }
        if (found != reads) {
            throw new BenchException("only " + found + " of " + reads + " reads were hits at once");
        }
        return reads / ((System.nanoTime() - begin) / 1e9);
    }

    // Hits in Redis

    private void redisHits(CacheNodes node) {
        TieredCache<String, String> cache = node.open(values("redis", Tier.REDIS, "product:price:"));
        for (int i = 0; i < KEYS; i++) {
            await(cache.set("B0" + i, "value"));
        }
        List<Double> one = new ArrayList<>();
        List<Double> many = new ArrayList<>();
        List<Double> micros = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            double mine = onLoop(node, i -> cache.get("B0" + i), 10_000, 1);
            double bare = onLoop(node, i -> bareGet(node, i), 10_000, 1);
            double mineMany = onLoop(node, i -> cache.get("B0" + i), 100_000, 50);
            double bareMany = onLoop(node, i -> bareGet(node, i), 100_000, 50);
            if (round > 0) {
                one.add(mine / bare);
                micros.add(mine);
                many.add(mineMany / bareMany);
            }
        }
        if (cache.stats().loads() > cache.stats().redisHits() / 1_000) {
            throw new BenchException(
                    cache.stats().loads() + " reads were loaded: this machine is too busy to measure hits");
        }
        tell("hit in Redis, one at a time", median(micros), "µs", "", true);
        tell("  beside a bare GET of the same value", median(one), "", "1.2 or less", median(one) <= 1.2);
        tell("  the same, 50 under way", median(many), "", "", true);
    }

    private static Uni<?> bareGet(CacheNodes node, int i) {
        String key = CacheKeys.key("product", "price", "B0" + i);
        return Uni.createFrom().emitter(emitter -> node.routes
                .send(key, Request.cmd(io.vertx.redis.client.Command.GET).arg(key), Duration.ofSeconds(2))
                .onComplete(reply -> emitter.complete(reply.result().toBytes())));
    }

    /** Microseconds per read, on the event loop of the connections, so many under way. */
    private static double onLoop(CacheNodes node, IntFunction<Uni<?>> read, int reads, int underWay) {
        CountDownLatch done = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        long begin = System.nanoTime();
        node.vertx.runOnContext(turn -> {
            for (int i = 0; i < underWay; i++) {
                next(read, reads, begun, ended, done);
            }
        });
        await(done);
        return (System.nanoTime() - begin) / 1e3 / reads;
    }

    private static void next(
            IntFunction<Uni<?>> read, int reads, AtomicInteger begun, AtomicInteger ended, CountDownLatch done) {
        boolean[] inCall = {true};
        boolean[] again = {true};
        while (again[0]) {
            again[0] = false;
            inCall[0] = true;
            int i = begun.getAndIncrement();
            if (i >= reads) {
                return;
            }
            read.apply(i % KEYS).subscribe().with(value -> {
                if (ended.incrementAndGet() == reads) {
                    done.countDown();
                }
                // Where the answer was at hand the loop goes on: no read deepens the stack.
                if (inCall[0]) {
                    again[0] = true;
                } else {
                    next(read, reads, begun, ended, done);
                }
            });
            inCall[0] = false;
        }
    }

    // Misses

    private void misses(String url) {
        List<LineProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) {
                processes.add(new LineProcess(MissingReaders.class, url, List.of()));
            }
            processes.forEach(process -> process.expect(MissingReaders.READY));
            int most = 0;
            int least = Integer.MAX_VALUE;
            for (int round = 0; round < rounds; round++) {
                String order = "miss" + round + " " + (BATCH + NODES - 1) / NODES;
                processes.forEach(process -> process.order(order));
                int loads = processes.stream()
                        .mapToInt(process -> Integer.parseInt(process.expect(MissingReaders.DONE)))
                        .sum();
                most = Math.max(most, loads);
                least = Math.min(least, loads);
            }
            tell(
                    "loads of a key that 1,000 callers in 3 processes miss at once",
                    most,
                    "",
                    "exactly 1",
                    most == 1 && least == 1);
        } finally {
            processes.forEach(LineProcess::close);
        }
    }

    private static List<CacheNodes> nodes(String url) {
        List<CacheNodes> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(new CacheNodes(url, LONG_WAIT));
        }
        return nodes;
    }

    // Changes

    /** One node writes versions of keys while all read; how long does another show an older one? */
    private void changes(String url) {
        List<CacheNodes> nodes = nodes(url);
        try {
            List<TieredCache<String, Long>> caches = new ArrayList<>();
            Map<String, Long> database = new ConcurrentHashMap<>();
            nodes.forEach(node -> caches.add(node.open(CacheDefinition.of(
                            "changes",
                            String.class,
                            Long.class,
                            Ttl.PRODUCT_BASIC,
                            "product:basic:",
                            CacheKeys::productBasic,
                            id -> Uni.createFrom().item(() -> database.getOrDefault(id, 0L)))
                    .writingTo((id, value) -> Uni.createFrom().voidItem().invoke(() -> database.put(id, value))))));
            List<Double> delays = new ArrayList<>();
            for (long version = 1; version <= 2_000; version++) {
                String key = "K" + version % 50;
                await(caches.get(0).get(key));
                caches.subList(1, NODES).forEach(cache -> await(cache.get(key)));
                delays.add(untilSeen(caches, key, version));
            }
            Collections.sort(delays);
            tell(
                    "a write is seen in the memory of other nodes, p99",
                    delays.get(delays.size() * 99 / 100),
                    "ms",
                    "",
                    true);
            double longest = delays.get(delays.size() - 1);
            tell("  the longest of 2,000", longest, "ms", "1,000 or less", longest <= 1_000);
            double cut = afterCut(nodes, caches);
            tell("  after the connections were cut", cut, "ms", "1,000 or less", cut <= 1_000);
        } finally {
            nodes.forEach(CacheNodes::close);
        }
    }

    private static double afterCut(List<CacheNodes> nodes, List<TieredCache<String, Long>> caches) {
        double longest = 0;
        for (long round = 1; round <= 20; round++) {
            String key = "C" + round;
            caches.forEach(cache -> await(cache.get(key)));
            Uni<?> cut = Uni.createFrom().completionStage(() -> nodes.get(0)
                    .routes
                    .send(
                            key,
                            Request.cmd(io.vertx.redis.client.Command.CLIENT)
                                    .arg("KILL")
                                    .arg("TYPE")
                                    .arg("pubsub"),
                            Duration.ofSeconds(2))
                    .toCompletionStage());
            await(cut);
            longest = Math.max(longest, untilSeen(caches, key, 1_000_000 + round));
        }
        return longest;
    }

    private static double untilSeen(List<TieredCache<String, Long>> caches, String key, long version) {
        await(caches.get(0).writeThrough(key, version));
        long begin = System.nanoTime();
        for (TieredCache<String, Long> cache : caches.subList(1, NODES)) {
            while (!Long.valueOf(version).equals(await(cache.get(key)))) {
                if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                    throw new BenchException("a write was never seen by another node");
                }
                Thread.onSpinWait();
            }
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    // The limit

    private void limit(String url) {
        RateLimit limit = new RateLimit(100, Duration.ofMinutes(1), 1);
        List<CacheNodes> nodes = new ArrayList<>();
        List<Long> passed = Collections.synchronizedList(new ArrayList<>());
        long end = System.nanoTime() + Duration.ofSeconds(limitSeconds).toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < LIMITERS; i++) {
            CacheNodes node = new CacheNodes(url, LONG_WAIT);
            nodes.add(node);
            RedisRateLimiter limiter = new RedisRateLimiter(node.routes, Duration.ofSeconds(5));
            threads.add(new Thread(() -> hammer(limiter, limit, end, passed), "limiter-" + i));
        }
        threads.forEach(Thread::start);
        threads.forEach(CacheBench::join);
        nodes.forEach(CacheNodes::close);
        Collections.sort(passed);
        int most = 0;
        int least = Integer.MAX_VALUE;
        long minute = Duration.ofMinutes(1).toNanos();
        long last = passed.get(passed.size() - 1);
        int to = 0;
        for (int from = 0; from < passed.size(); from++) {
            while (to < passed.size() && passed.get(to) - passed.get(from) < minute) {
                to++;
            }
            most = Math.max(most, to - from);
            if (passed.get(from) + minute <= last) {
                least = Math.min(least, to - from);
            }
        }
        tell("100 a minute, 8 clients hammering: most in a minute", most, "", "100 or less", most <= 100);
        tell("  fewest in a minute", least, "", "99 or more", least >= 99);
    }

    /** Times are those of the calls' answers here: later than the permit by the way back. */
    private static void hammer(RedisRateLimiter limiter, RateLimit limit, long end, List<Long> passed) {
        while (System.nanoTime() < end) {
            Duration wait = limiter.tryAcquire("bench", limit).await().atMost(PATIENCE);
            if (wait.isZero()) {
                passed.add(System.nanoTime());
            } else {
                pause(Duration.ofMillis(1 + ThreadLocalRandom.current().nextInt(4)));
            }
        }
    }

    // Redis away

    private void outage() {
        EmbeddedRedis redis = new EmbeddedRedis(AppendOnlyFile.OFF);
        try (CacheNodes node = new CacheNodes(redis.url(), SHIPPED_WAIT)) {
            TieredCache<String, String> cache = node.open(values("outage", Tier.HYBRID, "product:basic:"));
            redis.close();
            long longest = 0;
            for (int i = 0; i < 5_000; i++) {
                long begin = System.nanoTime();
                await(cache.get("k" + i));
                longest = Math.max(longest, System.nanoTime() - begin);
            }
            double ms = longest / 1e6;
            tell("Redis away: the longest of 5,000 reads", ms, "ms", "50 or less", ms <= 50);
            tell(
                    "  errors that were counted",
                    (double) cache.stats().errors(),
                    "",
                    "1 or more",
                    cache.stats().errors() > 0);
        }
    }

    // Common

    private static CacheDefinition<String, String> values(String name, Tier tier, String prefix) {
        String[] parts = prefix.split(":", -1);
        return CacheDefinition.of(
                        name,
                        String.class,
                        String.class,
                        Ttl.PRODUCT_BASIC,
                        prefix,
                        id -> CacheKeys.key(parts[0], parts[1], id),
                        id -> Uni.createFrom().item("value"))
                .in(tier);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(120, TimeUnit.SECONDS)) {
                throw new BenchException("the reads did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
