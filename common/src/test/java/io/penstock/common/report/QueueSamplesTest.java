package io.penstock.common.report;

import static io.penstock.common.testing.PostgresFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.cache.CacheStats;
import io.penstock.common.cache.CacheStatsStore;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.testing.MigratedPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class QueueSamplesTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final MigratedPostgres postgres = new MigratedPostgres();
    private final QueueSamples samples = new QueueSamples(postgres.pool());

    @BeforeEach
    void empty() {
        postgres.run("TRUNCATE queue_sample");
        postgres.run("TRUNCATE cache_stats");
    }

    @AfterEach
    void close() {
        postgres.close();
    }

    private void sample(String queue, int minute, long waiting, long completed, long failed) {
        postgres.run(
                "INSERT INTO queue_sample (queue, sampled_at, waiting, active, dead, completed, failed, oldest_wait_ms)"
                        + " VALUES ('" + queue + "', '" + NOON.plusSeconds(60L * minute) + "', " + waiting + ", 0, "
                        + minute
                        + ", " + completed + ", " + failed + ", " + waiting + ")");
    }

    @Test
    void whatWasDoneIsTheSumOfTheDifferences() {
        sample("orders", 0, 10, 1_000, 5);
        sample("orders", 1, 30, 1_060, 5);
        sample("orders", 2, 20, 1_120, 8);
        sample("mails", 1, 7, 3, 0);

        List<QueuePeriod> periods = await(samples.between(NOON, NOON.plusSeconds(3_600)));

        assertThat(periods)
                .containsExactly(
                        new QueuePeriod("mails", 1, 0, 0, 0, 7, 7, 7, 1, 7),
                        new QueuePeriod("orders", 3, 120, 120, 3, 30, 20, 20, 2, 30));
        assertThat(periods.get(1).completedPerMinute()).isEqualTo(60);
        assertThat(periods.get(0).completedPerMinute()).isZero();
    }

    @Test
    void countersThatBeginAnewTakeNothingAway() {
        sample("orders", 0, 0, 1_000, 0);
        sample("orders", 1, 0, 1_100, 0);
        sample("orders", 2, 0, 40, 0);
        sample("orders", 3, 0, 60, 0);

        assertThat(await(samples.between(NOON, NOON.plusSeconds(3_600), "orders"))
                        .orElseThrow()
                        .completed())
                .isEqualTo(120);
        assertThat(await(samples.between(NOON, NOON.plusSeconds(3_600), "none")))
                .isEmpty();
    }

    @Test
    void samplesAreStoredAndForgotten() {
        QueueStatus status = new QueueStatus("orders", 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 9, false, 0);
        await(samples.add(List.of(status)));
        await(samples.add(List.of()));
        sample("old", -60 * 24 * 400, 0, 0, 0);

        await(samples.forget());

        assertThat(postgres.rows(
                        "SELECT queue, waiting, active, dead, completed, failed, oldest_wait_ms FROM queue_sample"))
                .containsExactly("orders 1 2 6 4 5 9");
    }

    @Test
    void figuresOfCachesAddUpByTheHour() {
        CacheStatsStore caches = new CacheStatsStore(postgres.pool());
        CacheStats stats = new CacheStats(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

        await(caches.add("names", stats));
        await(caches.add("names", stats));
        await(caches.add("prices", stats));

        assertThat(await(caches.since(Instant.now().minus(Duration.ofHours(2)))))
                .containsEntry("names", new CacheStats(2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22))
                .containsEntry("prices", stats);
        await(caches.forget(Duration.ofDays(1)));
        assertThat(await(caches.since(Instant.now().plus(Duration.ofHours(2))))).isEmpty();
    }
}
