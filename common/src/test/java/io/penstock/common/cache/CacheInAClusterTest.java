package io.penstock.common.cache;

import static io.penstock.common.cache.CacheProcess.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same cache where keys lie in many slots. */
@Tag("slow")
class CacheInAClusterTest {

    private static final Map<String, String> PATIENT = Map.of("penstock.cache.redis-wait", "5s");

    private final Map<String, String> database = new ConcurrentHashMap<>();
    private CacheProcess here;
    private CacheProcess there;
    private TieredCache<String, String> mine;
    private TieredCache<String, String> others;

    @BeforeEach
    void open() {
        here = new CacheProcess(RedisFixture.ofCluster(), PATIENT);
        there = new CacheProcess(RedisFixture.ofCluster(), PATIENT);
        CacheDefinition<String, String> names = CacheDefinition.of(
                        "names",
                        String.class,
                        String.class,
                        Ttl.USER_PROFILE,
                        "user:name:",
                        id -> CacheKeys.key("user", "name", id),
                        id -> Uni.createFrom().item(() -> database.get(id)))
                .taggedBy(id -> Set.of("all"));
        mine = here.open(names);
        others = there.open(names);
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
    }

    @Test
    void entriesAreReadChangedAndRemovedWhereverTheyLie() {
        List<String> ids = IntStream.range(0, 100).mapToObj(i -> "u" + i).toList();
        ids.forEach(id -> database.put(id, "old"));
        assertThat(await(mine.getAll(ids))).hasSize(100);
        await().until(() ->
                mine.stats().loads() >= 100 && await(here.remote().figures(30)).keys() == 101);
        assertThat(await(others.getAll(ids))).hasSize(100);
        assertThat(others.stats().loads()).isZero();

        await(mine.set("u7", "new"));
        await().atMost(Duration.ofSeconds(1)).until(() -> "new".equals(await(others.get("u7"))));

        ids.forEach(id -> database.put(id, "newer"));
        await(here.caches.invalidateTag("all"));
        Map<String, String> after = await(mine.getAll(ids));
        assertThat(after.values().stream().collect(Collectors.toSet())).containsExactly("newer");
        await().until(() ->
                mine.stats().loads() >= 100 && await(here.remote().figures(30)).keys() == 101);

        assertThat(await(there.caches.invalidateMatching(new KeyPattern("user:name:*"))))
                .isEqualTo(100);
        await().atMost(Duration.ofSeconds(1)).until(() -> mine.memorySize() == 0);
    }
}
