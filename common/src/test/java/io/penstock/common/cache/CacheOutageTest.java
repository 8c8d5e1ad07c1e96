package io.penstock.common.cache;

import static io.penstock.common.cache.CacheProcess.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.RedisNode;
import io.penstock.common.testing.TcpProxy;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What readers see while Redis is away, and after. */
@Tag("slow")
class CacheOutageTest {

    private final RedisNode server = RedisNode.start();
    private final TcpProxy wire = new TcpProxy(Integer.parseInt(server.address().replaceAll(".*:", "")));
    private final Map<String, String> database = new ConcurrentHashMap<>();
    private final AtomicInteger loads = new AtomicInteger();
    private CacheProcess here;
    private CacheProcess there;
    private TieredCache<String, String> mine;
    private TieredCache<String, String> others;

    @BeforeEach
    void open() {
        here = new CacheProcess(new RedisFixture(wire.url()), Map.of("penstock.cache.redis-pause", "300ms"));
        there = new CacheProcess(new RedisFixture(server.url()), Map.of());
        mine = here.open(names());
        others = there.open(names());
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
        wire.close();
        server.close();
    }

    private CacheDefinition<String, String> names() {
        return CacheDefinition.of(
                        "names",
                        String.class,
                        String.class,
                        Ttl.USER_PROFILE,
                        "user:name:",
                        id -> CacheKeys.key("user", "name", id),
                        id -> Uni.createFrom().item(() -> {
                            loads.incrementAndGet();
                            return database.get(id);
                        }))
                .writingTo((id, name) -> Uni.createFrom().voidItem().invoke(() -> database.put(id, name)));
    }

    @Test
    void whileRedisIsGoneReadsAreLoadedWithoutWaiting() {
        server.kill();
        await().until(() -> !here.caches.hearsChanges());
        int slow = 0;
        for (int i = 0; i < 300; i++) {
            database.put("u" + i, "n" + i);
            long begin = System.nanoTime();
            assertThat(await(mine.get("u" + i))).isEqualTo("n" + i);
            slow += System.nanoTime() - begin > Duration.ofMillis(50).toNanos() ? 1 : 0;
        }

        // One call tries it now and then; this machine may be busy besides.
        assertThat(slow).isLessThan(10);
        assertThat(loads).hasValue(300);
        assertThat(mine.stats().errors()).isPositive();

        server.startAgain();
        await().atMost(Duration.ofSeconds(10)).until(here.caches::hearsChanges);
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            await(mine.get("back"));
            return server.run("EXISTS", "user:name:back").toInteger() == 1
                    || await(mine.invalidate("back").map(v -> false));
        });
    }

    @Test
    void whileRedisIsSilentReadersWaitNoLongerThanTheyAreTold() {
        database.put("u", "n");
        server.freeze();
        try {
            long begin = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                await(mine.get("u" + i));
            }
            // Three late answers of 30 ms, then nobody waits until it is tried again.
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1_000));
            assertThat(mine.stats().errors()).isBetween(15L, 60L);
            await().atMost(Duration.ofSeconds(4)).until(() -> !here.caches.hearsChanges());
        } finally {
            server.thaw();
        }
        await().atMost(Duration.ofSeconds(10)).until(here.caches::hearsChanges);
    }

    @Test
    void noEntryInMemoryOutlivesALostConnection() {
        database.put("u", "old");
        assertThat(await(mine.get("u"))).isEqualTo("old");
        await().until(() -> server.run("EXISTS", "user:name:u").toInteger() == 1);

        wire.swallowAnswers(true);
        await(others.writeThrough("u", "new"));
        // Nothing says that the connection is dead, until it does not answer.
        await().atMost(Duration.ofSeconds(5)).until(() -> !here.caches.hearsChanges());
        assertThat(await(mine.get("u"))).isEqualTo("new");

        await(others.writeThrough("u", "newer"));
        wire.swallowAnswers(false);
        wire.cut();
        await().atMost(Duration.ofSeconds(10)).until(here.caches::hearsChanges);
        assertThat(await(mine.get("u"))).isEqualTo("newer");
    }

    @Test
    void aChangeThatCouldNotBeToldIsToldWhenRedisIsBack() {
        database.put("u", "old");
        await(others.get("u"));
        await().until(() -> server.run("EXISTS", "user:name:u").toInteger() == 1);
        wire.swallowAnswers(true);
        wire.cut();
        await().atMost(Duration.ofSeconds(10)).until(() -> !here.caches.hearsChanges());
        for (int i = 0; i < 5; i++) {
            await(mine.get("other" + i));
        }

        await(mine.writeThrough("u", "new"));
        assertThat(await(mine.get("u"))).isEqualTo("new");

        wire.swallowAnswers(false);
        wire.cut();
        await().atMost(Duration.ofSeconds(20)).until(() -> "new".equals(await(others.get("u"))));
        assertThat(await(mine.get("u"))).isEqualTo("new");
    }
}
