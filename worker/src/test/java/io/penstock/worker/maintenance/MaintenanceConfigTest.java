package io.penstock.worker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaintenanceConfigTest {

    @Test
    void hasTheseDefaults() {
        MaintenanceConfig config = config(Map.of());
        assertThat(config.queueMonitor().maxWaiting()).isEqualTo(1_000);
        assertThat(config.queueMonitor().maxFailed()).isEqualTo(100);
        assertThat(config.queueMonitor().queue()).isEmpty();
        assertThat(config.healthCheck().answerWithin()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.healthCheck().queueStuckAfter()).isEqualTo(Duration.ofMinutes(15));
        assertThat(config.healthCheck().keep()).isEqualTo(Duration.ofDays(30));
        assertThat(config.healthCheck().askAgainAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.healthCheck().outageWatch()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.healthCheck().scheduleOverdueAfter()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.healthCheck().languageModel().url()).isEmpty();
        assertThat(config.healthCheck().languageModel().key()).isEmpty();
        assertThat(config.cache().idle()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.cache().looks()).isEqualTo(200);
        assertThat(config.queues().keepCompleted()).isEqualTo(Duration.ofHours(24));
        assertThat(config.queues().keepFailed()).isEqualTo(Duration.ofDays(7));
        assertThat(config.queues().steps()).isEqualTo(100);
    }

    @Test
    void takesEveryProperty() {
        MaintenanceConfig config = config(Map.ofEntries(
                Map.entry("penstock.maintenance.queue-monitor.max-waiting", "1"),
                Map.entry("penstock.maintenance.queue-monitor.max-failed", "2"),
                Map.entry("penstock.maintenance.queue-monitor.queue.\"a-b\".max-waiting", "3"),
                Map.entry("penstock.maintenance.queue-monitor.queue.\"a-b\".max-failed", "4"),
                Map.entry("penstock.maintenance.health-check.answer-within", "1s"),
                Map.entry("penstock.maintenance.health-check.queue-stuck-after", "2s"),
                Map.entry("penstock.maintenance.health-check.keep", "3s"),
                Map.entry("penstock.maintenance.health-check.ask-again-after", "9s"),
                Map.entry("penstock.maintenance.health-check.outage-watch", "11s"),
                Map.entry("penstock.maintenance.health-check.schedule-overdue-after", "10s"),
                Map.entry("penstock.maintenance.health-check.language-model.url", "http://a/v1"),
                Map.entry("penstock.maintenance.health-check.language-model.key", "secret"),
                Map.entry("penstock.maintenance.cache.idle", "4s"),
                Map.entry("penstock.maintenance.cache.looks", "5"),
                Map.entry("penstock.maintenance.queues.keep-completed", "6s"),
                Map.entry("penstock.maintenance.queues.keep-failed", "7s"),
                Map.entry("penstock.maintenance.queues.steps", "8")));
        assertThat(config.queueMonitor().maxWaiting()).isEqualTo(1);
        assertThat(config.queueMonitor().maxFailed()).isEqualTo(2);
        assertThat(config.queueMonitor().queue().get("a-b").maxWaiting()).hasValue(3);
        assertThat(config.queueMonitor().queue().get("a-b").maxFailed()).hasValue(4);
        assertThat(config.healthCheck().answerWithin()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.healthCheck().queueStuckAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.healthCheck().keep()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.healthCheck().askAgainAfter()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.healthCheck().outageWatch()).isEqualTo(Duration.ofSeconds(11));
        assertThat(config.healthCheck().scheduleOverdueAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.healthCheck().languageModel().url()).hasValue(URI.create("http://a/v1"));
        assertThat(config.healthCheck().languageModel().key()).hasValue("secret");
        assertThat(config.cache().idle()).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.cache().looks()).isEqualTo(5);
        assertThat(config.queues().keepCompleted()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.queues().keepFailed()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.queues().steps()).isEqualTo(8);
    }

    private static MaintenanceConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withMapping(MaintenanceConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(MaintenanceConfig.class);
    }
}
