package io.penstock.common.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.monitor.SystemReport.Point;
import io.penstock.common.monitor.SystemReport.Trend;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest {

    private static final Instant BEGIN = Instant.parse("2026-11-27T00:00:00Z");

    private static String verdict(List<Finding> findings) {
        return findings.isEmpty() ? "silent" : findings.get(0).wrong() ? "wrong" : "well";
    }

    @ParameterizedTest
    @CsvSource({"101, wrong", "100, silent", "91, silent", "90, well", "0, well"})
    void batchesThatPileUpAreWrong(long due, String expected) {
        assertThat(verdict(BatchBacklogRule.of(due, 100))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"81, 100, wrong", "80, 100, silent", "72, 100, well", "999, 0, silent"})
    void redisNearItsBoundIsWrong(long used, long most, String expected) {
        assertThat(verdict(RedisMemoryRule.of(used, most, 0.8))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"20, 2001, wrong", "19, 9000, well", "20, 1900, silent", "500, 12, well"})
    void aSlowPathIsWrongOnceItWasAskedForOftenEnough(long answers, double mean, String expected) {
        List<AnswerPeriod> periods =
                List.of(new AnswerPeriod("/slow", answers, mean), new AnswerPeriod("/fast", 1_000, 1));
        assertThat(verdict(AnswerTimeRule.of(periods, Duration.ofSeconds(2)))).isEqualTo(expected);
    }

    @Test
    void aPoolThatIsUsedUpIsWrongAndOneOfWhichNothingIsToldIsWell() {
        List<Finding> findings = PoolUseRule.of(List.of(new PoolPeriod("read", 2, 8, 8, 1.0, 9, 0, 0, 1, 1)), 0.9);

        assertThat(findings)
                .extracting(Finding::subject)
                .containsExactly("monitor/pool/write", "monitor/pool/read", "monitor/pool/analytics");
        assertThat(findings).extracting(Finding::wrong).containsExactly(false, true, false);
        assertThat(findings.get(1).summary()).contains("8 of 8 connections");
    }

    @Test
    void aRuleThatFailsCostsItsOwnFindingsOnly() {
        AlertRules rules = new AlertRules(List.of(
                rule("broken", Uni.createFrom().failure(new IllegalStateException("no"))),
                rule("fine", Uni.createFrom().item(List.of(Finding.wrong("a", Severity.WARNING, "b"))))));

        assertThat(rules.judge().await().atMost(Duration.ofSeconds(5)))
                .extracting(Finding::subject)
                .containsExactly("a");
    }

    private static AlertRule rule(String name, Uni<List<Finding>> answer) {
        return new AlertRule() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Uni<List<Finding>> judge() {
                return answer;
            }
        };
    }

    @Test
    void onlyWhatWasAnsweredSinceTheLastLookIsTold() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        AnswerTimes times = new AnswerTimes(meters);
        meters.timer("http.server.requests", "uri", "/api/jobs", "status", "200")
                .record(Duration.ofMillis(100));
        meters.timer("http.server.requests", "uri", "/api/jobs", "status", "400")
                .record(Duration.ofMillis(300));
        meters.timer("http.server.requests", "uri", "/api/batches/{id}/events").record(Duration.ofHours(1));

        assertThat(times.take()).containsExactly(new AnswerSample("/api/jobs", 2, 400));
        assertThat(times.take()).isEmpty();
    }

    @Test
    void aTrendComparesTheHalves() {
        List<Point> rising = List.of(new Point(BEGIN, 10), new Point(BEGIN.plus(Duration.ofHours(23)), 30));
        Trend trend = Trends.of("a", "b", BEGIN, BEGIN.plus(Duration.ofDays(1)), rising, true);

        assertThat(trend.points()).hasSize(24);
        assertThat(trend.direction()).isEqualTo("rising");
        assertThat(trend.change()).isCloseTo(2.0, within(1e-9));
        assertThat(Trends.of("a", "b", BEGIN, BEGIN.plusSeconds(60), List.of(), true)
                        .direction())
                .isEqualTo("steady");
    }

    @Test
    void hasTheseDefaultsAndTakesEveryProperty() {
        MonitorConfig defaults = config(Map.of());
        assertThat(defaults.maxBatchBacklog()).isEqualTo(100);
        assertThat(defaults.maxPoolUse()).isEqualTo(0.9);
        assertThat(defaults.maxRedisMemory()).isEqualTo(0.8);
        assertThat(defaults.maxAnswerTime()).isEqualTo(Duration.ofSeconds(2));
        MonitorConfig set = config(Map.of(
                "penstock.monitor.max-batch-backlog", "1",
                "penstock.monitor.max-pool-use", "0.2",
                "penstock.monitor.max-redis-memory", "0.3",
                "penstock.monitor.max-answer-time", "4s"));
        assertThat(set.maxBatchBacklog()).isEqualTo(1);
        assertThat(set.maxPoolUse()).isEqualTo(0.2);
        assertThat(set.maxRedisMemory()).isEqualTo(0.3);
        assertThat(set.maxAnswerTime()).isEqualTo(Duration.ofSeconds(4));
    }

    private static MonitorConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withMapping(MonitorConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(MonitorConfig.class);
    }
}
