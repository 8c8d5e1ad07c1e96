package io.penstock.worker.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.common.cache.CacheBackground;
import io.penstock.common.cache.CleanUpCache;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.TieredCaches;
import io.penstock.common.cache.WarmUp;
import io.penstock.common.cache.WriteBehind;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is done for caches in jobs, by the worker of the application. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class CacheJobsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Inject
    TieredCaches caches;

    @Inject
    CacheBackground background;

    private final String id = UUID.randomUUID().toString();

    @SuppressWarnings("unchecked")
    private TieredCache<String, String> settings() {
        return (TieredCache<String, String>) caches.find("settings").orElseThrow();
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(LIMIT);
    }

    @Test
    void aBurstOfWritesBehindBecomesOneOfTheLastValue() {
        for (int i = 0; i < 10; i++) {
            get(background.writeBehind(settings(), id, "value " + i));
        }

        assertThat(get(settings().get(id))).isEqualTo("value 9");
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(TestCaches.DATABASE).containsEntry(id, "value 9"));
        assertThat(TestCaches.WRITES.stream()
                        .filter(write -> write.startsWith(id))
                        .count())
                .isLessThan(4);
    }

    @Test
    void aWriteBehindIsTriedUntilTheDatabaseTakesIt() {
        TestCaches.REFUSALS.set(1);

        get(background.writeBehind(settings(), id, "kept"));

        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(TestCaches.DATABASE).containsEntry(id, "kept"));
        assertThat(TestCaches.REFUSALS).hasValue(0);
    }

    @Test
    void anOlderWriteThatComesLateUndoesNothing() {
        assertThat(get(background.write(new WriteBehind("settings", "\"" + id + "\"", "\"newer\"", 2_000))))
                .isTrue();

        assertThat(get(background.write(new WriteBehind("settings", "\"" + id + "\"", "\"older\"", 1_000))))
                .isFalse();

        assertThat(TestCaches.DATABASE).containsEntry(id, "newer");
    }

    @Test
    void whatCannotBeDoneIsGivenUpWithItsReason() {
        assertThatThrownBy(() -> get(background.write(new WriteBehind("none", "\"a\"", "\"b\"", 1))))
                .isInstanceOf(UnrecoverableJobException.class)
                .hasMessageContaining("'none'");
        assertThatThrownBy(() -> get(background.write(new WriteBehind("settings", "{", "\"b\"", 1))))
                .isInstanceOf(UnrecoverableJobException.class);
        assertThatThrownBy(() -> get(background.warmUp(new WarmUp("none", null, null, null, null))))
                .isInstanceOf(UnrecoverableJobException.class);
        assertThatThrownBy(() -> get(background.warmUp(new WarmUp("settings", "random", null, null, null))))
                .isInstanceOf(UnrecoverableJobException.class)
                .hasMessageContaining("popular_first");
        assertThatThrownBy(() -> get(background.cleanUp(new CleanUpCache("*"))))
                .isInstanceOf(UnrecoverableJobException.class)
                .hasMessageContaining("namespace");
    }

    @Test
    void warmsUpAndCleansUp() {
        TestCaches.DATABASE.put(id, "warm");

        assertThat(get(background.warmUp(new WarmUp("settings", null, 10_000, 100, 0L))))
                .isPositive();

        try (RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl())) {
            String key = "user:settings:" + id;
            await().until(() -> redis.count("EXISTS", key) == 1);
            assertThat(get(background.cleanUp(new CleanUpCache("user:settings:" + id.substring(0, 20) + "*"))))
                    .isEqualTo(1);
            assertThat(redis.count("EXISTS", key)).isZero();
        }
    }
}
