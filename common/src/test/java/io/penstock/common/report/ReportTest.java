package io.penstock.common.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.cache.CacheAdvice.Advice;
import io.penstock.common.cache.CacheStats;
import io.penstock.common.cache.RemoteFigures;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What figures lead to. */
class ReportTest {

    private static final Instant NOW = Instant.parse("2026-11-22T03:00:00Z");
    private static final QueuePeriod WELL = new QueuePeriod("orders", 100, 6_000, 500, 10, 900, 10, 5, 0, 1_000);

    private static List<Advice> advice(Map<String, CacheStats> caches, QueuePeriod queue, RemoteFigures redis) {
        return ReportBuilder.report(
                        UUID.randomUUID(), NOW.minusSeconds(1), NOW, caches, List.of(queue), Optional.of(redis))
                .advice();
    }

    private static RemoteFigures redis(long used, long max) {
        return new RemoteFigures(1, used, max, 0, 0, 0, 0, 0, Map.of());
    }

    private static CacheStats stats(long hits, long loads, long errors) {
        return new CacheStats(hits, loads, 0, loads, loads, 0, 0, errors, 0, 0, 0);
    }

    @Test
    void whereAllIsWellNothingIsAdvised() {
        assertThat(advice(Map.of("names", stats(900, 100, 0)), WELL, redis(10, 100)))
                .isEmpty();
    }

    @Test
    void aLowHitRateIsNamedWithItsFigure() {
        assertThat(advice(Map.of("names", stats(790, 210, 0)), WELL, redis(10, 100)))
                .singleElement()
                .satisfies(advice -> {
                    assertThat(advice.subject()).isEqualTo("cache/names");
                    assertThat(advice.figure()).isEqualTo("hit rate 79.0 % of 1000 reads");
                    assertThat(advice.advice()).contains("penstock.cache.named.\"names\".ttl");
                    assertThat(advice.link()).isEqualTo("/api/cache");
                });
    }

    @Test
    void fewReadsSayNothing() {
        assertThat(advice(Map.of("names", stats(1, 98, 0)), WELL, redis(10, 100)))
                .isEmpty();
    }

    @Test
    void errorsAndMemoryPointToRedis() {
        assertThat(advice(Map.of("names", stats(900, 100, 10)), WELL, redis(81, 100)))
                .extracting(Advice::figure)
                .containsExactly("error rate 9.1 %, 10 errors", "memory 81.0 % of the bound");
        assertThat(advice(Map.of(), WELL, redis(81, 0))).isEmpty();
    }

    @Test
    void fullAndFailingQueuesAreNamed() {
        QueuePeriod bad = new QueuePeriod("orders", 100, 6_000, 100, 11, 1_001, 500, 5, 101, 900_001);

        assertThat(advice(Map.of(), bad, redis(1, 0)))
                .extracting(Advice::figure, Advice::link)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "up to 1001 jobs waited, 500 in the mean", "/api/queues/orders"),
                        org.assertj.core.groups.Tuple.tuple(
                                "11 attempts failed beside 100 jobs that completed (11.0 %)",
                                "/api/history/errors?queue=orders"),
                        org.assertj.core.groups.Tuple.tuple(
                                "101 jobs were given up and are kept", "/api/queues/orders"),
                        org.assertj.core.groups.Tuple.tuple(
                                "a job waited 15 minutes for its start", "/api/queues/orders"));
    }

    @Test
    void aQueueAtItsBoundsIsWell() {
        assertThat(QueueAdvice.of(List.of(new QueuePeriod("orders", 100, 6_000, 100, 10, 1_000, 500, 5, 100, 900_000))))
                .isEmpty();
    }
}
