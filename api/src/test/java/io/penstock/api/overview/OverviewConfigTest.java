package io.penstock.api.overview;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverviewConfigTest {

    static OverviewConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withMapping(OverviewConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(OverviewConfig.class);
    }

    @Test
    void hasTheseDefaults() {
        OverviewConfig config = config(Map.of());
        assertThat(config.oldestWait()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.schedulerLate()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.failingRuns()).isEqualTo(3);
        assertThat(config.outboxLag()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.historyLag()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.redisMemoryPercent()).isEqualTo(80);
        assertThat(config.clockSkew()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.errorSharePercent()).isEqualTo(50);
        assertThat(config.errorLeast()).isEqualTo(20);
        assertThat(config.deploymentTold()).isEqualTo(Duration.ofMinutes(15));
        assertThat(config.listenerPatience()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.oldestWaitOf("orders")).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void takesEveryProperty() {
        OverviewConfig config = config(Map.ofEntries(
                Map.entry("penstock.overview.oldest-wait", "1s"),
                Map.entry("penstock.overview.scheduler-late", "2s"),
                Map.entry("penstock.overview.failing-runs", "4"),
                Map.entry("penstock.overview.outbox-lag", "5s"),
                Map.entry("penstock.overview.history-lag", "6s"),
                Map.entry("penstock.overview.redis-memory-percent", "7"),
                Map.entry("penstock.overview.clock-skew", "8s"),
                Map.entry("penstock.overview.error-share-percent", "9"),
                Map.entry("penstock.overview.error-least", "10"),
                Map.entry("penstock.overview.deployment-told", "11s"),
                Map.entry("penstock.overview.listener-patience", "13s"),
                Map.entry("penstock.overview.queue.orders.oldest-wait", "12s")));
        assertThat(config.oldestWait()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.schedulerLate()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.failingRuns()).isEqualTo(4);
        assertThat(config.outboxLag()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.historyLag()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.redisMemoryPercent()).isEqualTo(7);
        assertThat(config.clockSkew()).isEqualTo(Duration.ofSeconds(8));
        assertThat(config.errorSharePercent()).isEqualTo(9);
        assertThat(config.errorLeast()).isEqualTo(10);
        assertThat(config.deploymentTold()).isEqualTo(Duration.ofSeconds(11));
        assertThat(config.listenerPatience()).isEqualTo(Duration.ofSeconds(13));
        assertThat(config.oldestWaitOf("orders")).isEqualTo(Duration.ofSeconds(12));
        assertThat(config.oldestWaitOf("letters")).isEqualTo(Duration.ofSeconds(1));
    }
}
