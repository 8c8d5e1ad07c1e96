package io.penstock.common.cache;

import static io.penstock.common.cache.CacheProcess.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache in two processes over one Redis; the map stands for the database. */
@Tag("slow")
class TieredCacheTest {

    record Price(String asin, int cents) {}

    private static RedisFixture redis;

    private final Map<String, Price> database = new ConcurrentHashMap<>();
    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicInteger bulkLoads = new AtomicInteger();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private CacheProcess here;
    private CacheProcess there;

    @BeforeAll
    static void start() {
        redis = new RedisFixture();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.run("FLUSHALL");
        here = process(Map.of());
        there = process(Map.of());
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private CacheProcess process(Map<String, String> settings) {
        // Patient: on a busy machine an answer of Redis may be late, which is not what these tests are about.
        Map<String, String> all = new HashMap<>(Map.of("penstock.cache.redis-wait", "5s"));
        all.putAll(settings);
        CacheProcess process = new CacheProcess(new RedisFixture(EmbeddedServers.redisUrl()), all);
        opened.add(process);
        return process;
    }

    private CacheDefinition<String, Price> prices() {
        return CacheDefinition.of(
                        "prices",
                        String.class,
                        Price.class,
                        Ttl.PRODUCT_PRICE,
                        "product:price:",
                        CacheKeys::productPrice,
                        this::load)
                .writingTo((asin, price) -> Uni.createFrom().voidItem().invoke(() -> database.put(asin, price)));
    }

    private Uni<@Nullable Price> load(String asin) {
        return Uni.createFrom().item(() -> {
            loads.incrementAndGet();
            return database.get(asin);
        });
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void loadsOnceAndAnswersFromItsTierAfterwards(Tier tier) {
        database.put("A", new Price("A", 1));
        TieredCache<String, Price> cache = here.open(prices().in(tier));

        assertThat(await(cache.get("A"))).isEqualTo(new Price("A", 1));
        await().until(() -> tier == Tier.MEMORY || redis.count("EXISTS", "product:price:A:current") == 1);
        assertThat(await(cache.get("A"))).isEqualTo(new Price("A", 1));

        assertThat(loads).hasValue(1);
        CacheStats stats = cache.stats();
        assertThat(stats.loads()).isEqualTo(1);
        assertThat(stats.memoryHits()).isEqualTo(tier == Tier.REDIS ? 0 : 1);
        assertThat(stats.redisHits()).isEqualTo(tier == Tier.REDIS ? 1 : 0);
        assertThat(stats.hitRate()).isEqualTo(0.5);
    }

    @Test
    void theOtherProcessFindsItInRedis() {
        database.put("A", new Price("A", 1));
        TieredCache<String, Price> one = here.open(prices());
        TieredCache<String, Price> other = there.open(prices());
        await(one.get("A"));
        await().until(() -> redis.count("EXISTS", "product:price:A:current") == 1);

        assertThat(await(other.get("A"))).isEqualTo(new Price("A", 1));

        assertThat(loads).hasValue(1);
        assertThat(other.stats().redisHits()).isEqualTo(1);
        assertThat(redis.count("PTTL", "product:price:A:current"))
                .isBetween(Duration.ofHours(3).toMillis(), Duration.ofHours(4).toMillis());
    }

    @Test
    void manyCallersInManyProcessesMakeOneLoad() {
        database.put("A", new Price("A", 1));
        CountDownLatch slow = new CountDownLatch(1);
        CacheDefinition<String, Price> slowly = waiting(slow);
        List<TieredCache<String, Price>> caches =
                List.of(here.open(slowly), there.open(slowly), process(Map.of()).open(slowly));

        List<Uni<Price>> calls = IntStream.range(0, 1_000)
                .mapToObj(i -> caches.get(i % 3).get("A"))
                .toList();
        var all = Uni.join().all(calls).andFailFast().subscribeAsCompletionStage();
        await().until(() -> loads.get() > 0);
        slow.countDown();

        assertThat(all.join()).hasSize(1_000).containsOnly(new Price("A", 1));
        assertThat(loads).hasValue(1);
    }

    @Test
    void oneCallerThatGivesUpDoesNotEndTheLoadOfTheOthers() {
        database.put("A", new Price("A", 1));
        CountDownLatch slow = new CountDownLatch(1);
        TieredCache<String, Price> cache = here.open(waiting(slow));

        var first = cache.get("A").subscribe().with(price -> {});
        var second = cache.get("A").subscribeAsCompletionStage();
        await().until(() -> loads.get() == 1);
        first.cancel();
        slow.countDown();

        assertThat(second.join()).isEqualTo(new Price("A", 1));
        assertThat(loads).hasValue(1);
    }

    private CacheDefinition<String, Price> waiting(CountDownLatch until) {
        return CacheDefinition.of(
                "prices",
                String.class,
                Price.class,
                Ttl.PRODUCT_PRICE,
                "product:price:",
                CacheKeys::productPrice,
                asin -> Uni.createFrom()
                        .item(() -> {
                            Price read = database.get(asin);
                            loads.incrementAndGet();
                            try {
                                until.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return read;
                        })
                        .runSubscriptionOn(io.smallrye.mutiny.infrastructure.Infrastructure.getDefaultWorkerPool()));
    }

    @Test
    void remembersForAWhileThatThereIsNothing() {
        TieredCache<String, Price> one = here.open(prices());

        assertThat(await(one.get("A"))).isNull();
        assertThat(await(one.get("A"))).isNull();
        await().until(() -> redis.count("EXISTS", "product:price:A:current") == 1);
        assertThat(await(there.open(prices()).get("A"))).isNull();

        assertThat(loads).hasValue(1);
        assertThat(redis.count("PTTL", "product:price:A:current")).isBetween(20_000L, 30_001L);
    }

    @Test
    void doesNotRememberNothingWhereItIsToldNotTo() {
        TieredCache<String, Price> cache =
                process(Map.of("penstock.cache.negative-ttl", "0s")).open(prices());

        await(cache.get("A"));
        database.put("A", new Price("A", 1));

        await().untilAsserted(() -> assertThat(await(cache.get("A"))).isEqualTo(new Price("A", 1)));
    }

    @Test
    void aChangeReachesTheMemoryOfTheOtherProcess() {
        database.put("A", new Price("A", 1));
        TieredCache<String, Price> one = here.open(prices());
        TieredCache<String, Price> other = there.open(prices());
        await(one.get("A"));
        await(other.get("A"));

        await(one.writeThrough("A", new Price("A", 2)));

        assertThat(await(one.get("A"))).isEqualTo(new Price("A", 2));
        assertThat(database).containsEntry("A", new Price("A", 2));
        await().atMost(Duration.ofSeconds(1)).until(() -> await(other.get("A")).cents() == 2);
        assertThat(loads).hasValue(1);
    }

    @Test
    void anInvalidationReachesEveryTier() {
        database.put("A", new Price("A", 1));
        TieredCache<String, Price> one = here.open(prices());
        TieredCache<String, Price> other = there.open(prices());
        await(one.get("A"));
        await(other.get("A"));
        database.put("A", new Price("A", 2));

        await(one.invalidate("A"));

        assertThat(await(one.get("A")).cents()).isEqualTo(2);
        await().atMost(Duration.ofSeconds(1)).until(() -> await(other.get("A")).cents() == 2);
    }

    @Test
    void whatWasLoadedBeforeAChangeIsNotSeenAfterIt() {
        database.put("A", new Price("A", 1));
        CountDownLatch slow = new CountDownLatch(1);
        TieredCache<String, Price> one = here.open(waiting(slow));
        TieredCache<String, Price> other = there.open(prices());
        var early = one.get("A").subscribeAsCompletionStage();
        await().until(() -> loads.get() == 1);

        await(other.writeThrough("A", new Price("A", 2)));
        slow.countDown();

        assertThat(early.join()).isEqualTo(new Price("A", 1));
        await().untilAsserted(() -> assertThat(await(one.get("A")).cents()).isEqualTo(2));
        assertThat(await(other.get("A")).cents()).isEqualTo(2);
        await().until(() -> one.stats().refused() == 1);
    }

    @Test
    void manyKeysAreReadInOneRoundTrip() {
        List<String> asins = IntStream.range(0, 200).mapToObj(i -> "A" + i).toList();
        asins.forEach(asin -> database.put(asin, new Price(asin, 1)));
        CacheDefinition<String, Price> bulk = prices().loadingInBulk(
                        keys -> Uni.createFrom().item(() -> {
                            bulkLoads.incrementAndGet();
                            Map<String, Price> found = new HashMap<>();
                            keys.forEach(key -> {
                                Price price = database.get(key);
                                if (price != null) {
                                    found.put(key, price);
                                }
                            });
                            return found;
                        }));
        TieredCache<String, Price> one = here.open(bulk);
        TieredCache<String, Price> other = there.open(bulk);
        List<String> asked = new ArrayList<>(asins);
        asked.add("none");

        assertThat(await(one.getAll(asked))).hasSize(200).containsEntry("A7", new Price("A7", 1));
        assertThat(bulkLoads).hasValue(1);
        await().until(() ->
                redis.keys().stream().filter(key -> key.startsWith("product:")).count() == 201);
        await().until(() -> redis.count("DBSIZE") == 201);
        long before = commands("mget");
        long gets = commands("get");
        assertThat(await(other.getAll(asked))).hasSize(200);

        assertThat(other.stats())
                .extracting(CacheStats::redisHits, CacheStats::errors)
                .containsExactly(201L, 0L);
        assertThat(commands("mget") - before).isEqualTo(1);
        assertThat(commands("get") - gets).isZero();
        assertThat(bulkLoads).hasValue(1);
        assertThat(loads).hasValue(0);
        assertThat(await(other.getAll(List.of()))).isEmpty();
    }

    private static long commands(String name) {
        return redis.text("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^:]*:calls=(\\d+),.*", "$1")))
                .sum();
    }

    @Test
    void withoutABulkLoaderManyKeysAreLoadedOneByOne() {
        database.put("A", new Price("A", 1));
        database.put("B", new Price("B", 2));

        assertThat(await(here.open(prices()).getAll(List.of("A", "B", "C")))).containsOnlyKeys("A", "B");

        assertThat(loads).hasValue(3);
    }

    @Test
    void aTagRemovesWhatCarriesItFromAllCaches() {
        database.put("A", new Price("A", 1));
        TieredCache<String, Price> prices = here.open(prices().taggedBy(asin -> Set.of("seller-1")));
        TieredCache<String, Price> basics = there.open(CacheDefinition.of(
                "basics",
                String.class,
                Price.class,
                Ttl.PRODUCT_BASIC,
                "product:basic:",
                CacheKeys::productBasic,
                this::load));
        await(prices.get("A"));
        await(basics.set("A", new Price("A", 1), Duration.ofMinutes(1), Set.of("seller-1")));
        await().until(() -> redis.count("EXISTS", "product:price:A:current", "product:basic:A") == 2);

        await(here.caches.invalidateTag("seller-1"));

        assertThat(redis.count("EXISTS", "product:price:A:current", "product:basic:A"))
                .isZero();
        database.put("A", new Price("A", 2));
        assertThat(await(prices.get("A")).cents()).isEqualTo(2);
        await().atMost(Duration.ofSeconds(1)).until(() -> await(basics.get("A")).cents() == 2);
    }

    @Test
    void whatIsMadeOfAnEntryGoesWithIt() {
        database.put("A", new Price("A", 1));
        TieredCache<String, Price> prices = here.open(prices());
        TieredCache<String, Price> basics = here.open(CacheDefinition.of(
                        "basics",
                        String.class,
                        Price.class,
                        Ttl.PRODUCT_BASIC,
                        "product:basic:",
                        CacheKeys::productBasic,
                        this::load)
                .taggedBy(asin -> Set.of(prices.tagOf(asin))));
        await(prices.get("A"));
        await(basics.get("A"));
        await().until(() -> redis.count("EXISTS", "product:price:A:current", "product:basic:A") == 2);

        await(prices.invalidate("A"));

        assertThat(redis.count("EXISTS", "product:price:A:current", "product:basic:A"))
                .isZero();
        database.put("A", new Price("A", 2));
        assertThat(await(basics.get("A")).cents()).isEqualTo(2);
    }

    @Test
    void aPatternRemovesWhatItMatchesAndNothingElse() {
        TieredCache<String, Price> one = here.open(prices());
        TieredCache<String, Price> other = there.open(prices());
        for (int i = 0; i < 1_200; i++) {
            database.put("A" + i, new Price("A" + i, 1));
        }
        await(one.getAll(database.keySet()));
        await(one.set("B", new Price("B", 1)));
        await(other.get("A1"));
        await().until(() ->
                redis.keys().stream().filter(key -> key.startsWith("product:")).count() == 1_201);
        await().until(() -> redis.count("DBSIZE") == 1_201);
        redis.run("SET", "queue:{orders:0}:meta", "precious");
        database.replaceAll((asin, price) -> new Price(asin, 2));

        assertThat(await(here.caches.invalidateMatching(new KeyPattern("product:price:A*"))))
                .isEqualTo(1_200);

        assertThat(redis.keys()).containsExactlyInAnyOrder("product:price:B:current", "queue:{orders:0}:meta");
        assertThat(await(one.get("A1")).cents()).isEqualTo(2);
        await().atMost(Duration.ofSeconds(1)).until(() -> await(other.get("A1")).cents() == 2);
        assertThat(await(one.get("B")).cents()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"with blanks", "with\nnewline", "{with:braces}", "*", "ключ"})
    void anyTextIsAKey(String asin) {
        database.put(asin, new Price(asin, 1));
        TieredCache<String, Price> one = here.open(prices());
        TieredCache<String, Price> other = there.open(prices());
        await(one.get(asin));
        await(other.get(asin));

        await(one.writeThrough(asin, new Price(asin, 2)));

        await().atMost(Duration.ofSeconds(1)).until(() -> await(other.get(asin)).cents() == 2);
    }

    @Test
    void aVeryLongTextIsAKey() {
        String asin = "x".repeat(10_000);
        database.put(asin, new Price("x", 1));
        TieredCache<String, Price> one = here.open(prices());

        assertThat(await(one.get(asin)).cents()).isEqualTo(1);
        assertThat(await(one.get(asin + "y"))).isNull();
    }

    @Test
    void aValueThatIsTooLargeIsHandedOnAndReplacesWhatWasThere() {
        TieredCache<String, Price> one = here.open(prices());
        await(one.set("A", new Price("A", 1)));
        Price huge = new Price("x".repeat(50 * 1024 * 1024), 1);
        database.put("A", huge);

        await(one.set("A", huge));

        assertThat(redis.count("EXISTS", "product:price:A:current")).isZero();
        assertThat(await(one.get("A"))).isEqualTo(huge);
        await().until(() -> one.stats().tooLarge() == 2);
        assertThat(redis.count("EXISTS", "product:price:A:current")).isZero();
    }

    @Test
    void whatCannotBeReadIsAMiss() {
        database.put("A", new Price("A", 1));
        redis.run("SET", "product:price:A:current", "{\"nonsense\":");
        TieredCache<String, Price> cache = here.open(prices());

        assertThat(await(cache.get("A"))).isEqualTo(new Price("A", 1));

        assertThat(cache.stats().unreadable()).isPositive();
        assertThat(cache.stats().errors()).isZero();
    }

    @Test
    void aWrongTypeInRedisIsCountedAndTheLoaderIsAsked() {
        database.put("A", new Price("A", 1));
        redis.run("LPUSH", "product:price:A:current", "x");
        TieredCache<String, Price> cache = here.open(prices());

        assertThat(await(cache.get("A"))).isEqualTo(new Price("A", 1));

        assertThat(cache.stats().errors()).isPositive();
    }

    @Test
    void aLoaderThatThrowsFailsItsCallersAndIsAskedAgain() {
        AtomicInteger calls = new AtomicInteger();
        TieredCache<String, Price> cache = here.open(CacheDefinition.of(
                "prices",
                String.class,
                Price.class,
                Ttl.PRODUCT_PRICE,
                "product:price:",
                CacheKeys::productPrice,
                asin -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("no such table");
                    }
                    return Uni.createFrom().item(new Price(asin, 1));
                }));

        assertThatThrownBy(() -> await(cache.get("A")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no such table");
        assertThat(await(cache.get("A"))).isEqualTo(new Price("A", 1));

        assertThat(cache.stats().loadFailures()).isEqualTo(1);
        assertThat(cache.stats().errors()).isZero();
    }

    @Test
    void aLoaderThatHangsFailsInTimeAndHoldsNobodyUp() {
        AtomicInteger calls = new AtomicInteger();
        TieredCache<String, Price> cache = process(Map.of("penstock.cache.load-timeout", "200ms"))
                .open(CacheDefinition.of(
                        "prices",
                        String.class,
                        Price.class,
                        Ttl.PRODUCT_PRICE,
                        "product:price:",
                        CacheKeys::productPrice,
                        asin -> calls.incrementAndGet() == 1
                                ? Uni.createFrom().nothing()
                                : Uni.createFrom().item(new Price(asin, 1))));

        assertThatThrownBy(() -> await(cache.get("A")))
                .isInstanceOf(CacheLoadException.class)
                .hasMessageContaining("200 ms");
        assertThat(await(cache.get("A"))).isEqualTo(new Price("A", 1));
    }

    @Test
    void lifetimesOfNothingAndNullValuesAreRefused() {
        TieredCache<String, Price> cache = here.open(prices());

        assertThatThrownBy(() -> cache.set("A", new Price("A", 1), Duration.ZERO, Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ttl");
        assertThatThrownBy(() -> cache.set("A", new Price("A", 1), Duration.ofSeconds(-1), Set.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cache.set("A", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("null");
    }

    @Test
    void aRefusedWriteChangesNothing() {
        CacheDefinition<String, Price> refusing =
                prices().writingTo((asin, price) -> Uni.createFrom().failure(new IllegalStateException("refused")));
        database.put("A", new Price("A", 1));
        TieredCache<String, Price> cache = here.open(refusing);
        await(cache.get("A"));

        assertThatThrownBy(() -> await(cache.writeThrough("A", new Price("A", 2))))
                .hasMessage("refused");

        assertThat(await(cache.get("A")).cents()).isEqualTo(1);
    }

    @Test
    void anEntryInMemoryGoesWhenItsTimeIsOver() {
        database.put("A", new Price("A", 1));
        TieredCache<String, Price> cache =
                process(Map.of("penstock.cache.memory.ttl", "50ms")).open(prices().in(Tier.MEMORY));
        await(cache.get("A"));
        database.put("A", new Price("A", 2));

        await().atMost(Duration.ofSeconds(5)).until(() -> await(cache.get("A")).cents() == 2);

        assertThat(loads).hasValue(2);
    }

    @Test
    void warmsUpTheMostPopularKeysInBatches() {
        for (int i = 0; i < 25; i++) {
            database.put("A" + i, new Price("A" + i, i));
        }
        TieredCache<String, Price> cache = here.open(prices().warmedUpBy(most -> Uni.createFrom()
                .item(IntStream.range(0, most).mapToObj(i -> "A" + i).toList())));

        assertThat(await(cache.warmUp(20, 6, Duration.ofMillis(1)))).isEqualTo(20);

        assertThat(loads).hasValue(20);
        await(cache.get("A19"));
        assertThat(loads).hasValue(20);
        assertThatThrownBy(() -> await(there.open(prices()).warmUp(1, 1, Duration.ZERO)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("popular");
    }

    @Test
    void cachesWhoseKeysWouldMeetAreRefused() {
        here.open(prices());

        assertThatThrownBy(() -> here.open(prices())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> here.open(CacheDefinition.of(
                        "all-products",
                        String.class,
                        Price.class,
                        Ttl.PRODUCT_BASIC,
                        "product:",
                        CacheKeys::productBasic,
                        this::load)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("would meet");
    }

    @Test
    void theFiguresOfTheServerCountItsKeysByNamespace() {
        TieredCache<String, Price> cache = here.open(prices());
        await(cache.set("A", new Price("A", 1)));
        redis.run("SET", "temp:a:b", "x");
        redis.run("SET", "strange", "x");

        RemoteFigures figures = await(here.remote().figures(1_000));

        assertThat(figures.keys()).isEqualTo(3);
        assertThat(figures.usedBytes()).isPositive();
        assertThat(figures.sampled()).isEqualTo(1_000);
        assertThat(figures.byNamespace()).containsOnlyKeys("product", "temp", "other");
    }

    @Test
    void theKeysThatAreMissedMostAreKnown() {
        TieredCache<String, Price> cache = here.open(prices());
        for (int i = 0; i < 3; i++) {
            await(cache.get("A"));
            await(cache.invalidate("A"));
        }
        await(cache.get("B"));

        await(here.remote().addMissed("prices", cache.missed().take()));

        assertThat(await(here.remote().mostMissed("prices", 10)))
                .containsExactly(Map.entry("product:price:A:current", 3L));
        assertThat(redis.count("PTTL", "cache:missed:prices")).isPositive();
    }
}
