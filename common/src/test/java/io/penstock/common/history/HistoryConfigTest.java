package io.penstock.common.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.queue.QueueConfig;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HistoryConfigTest {

    @Test
    void hasTheseDefaults() {
        HistoryConfig config = config(Map.of()).getConfigMapping(HistoryConfig.class);
        assertThat(config.retention()).isEqualTo(Duration.ofDays(30));
        assertThat(config.daysAhead()).isEqualTo(3);
        assertThat(config.maintenanceInterval()).isEqualTo(Duration.ofHours(1));
        assertThat(config.bufferRows()).isEqualTo(10_000);
        assertThat(config.bufferSize().asBigInteger()).isEqualTo(BigInteger.valueOf(32 * 1024 * 1024));
        assertThat(config.batch()).isEqualTo(500);
        assertThat(config.flushInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.writeDeadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.stopGrace()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.errorLimit()).isEqualTo(8_192);
        assertThat(config.resultLimit()).isEqualTo(8_192);
        assertThat(config.payloadLimit()).isEqualTo(8_192);
        assertThat(config.lookUpDeadline()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void takesEveryProperty() {
        HistoryConfig config = config(Map.ofEntries(
                        Map.entry("penstock.history.retention", "7d"),
                        Map.entry("penstock.history.days-ahead", "1"),
                        Map.entry("penstock.history.maintenance-interval", "5m"),
                        Map.entry("penstock.history.buffer-rows", "12"),
                        Map.entry("penstock.history.buffer-size", "1M"),
                        Map.entry("penstock.history.batch", "3"),
                        Map.entry("penstock.history.flush-interval", "1s"),
                        Map.entry("penstock.history.write-deadline", "2s"),
                        Map.entry("penstock.history.stop-grace", "3s"),
                        Map.entry("penstock.history.error-limit", "5000"),
                        Map.entry("penstock.history.result-limit", "10"),
                        Map.entry("penstock.history.payload-limit", "20"),
                        Map.entry("penstock.history.look-up-deadline", "9s")))
                .getConfigMapping(HistoryConfig.class);
        assertThat(config.retention()).isEqualTo(Duration.ofDays(7));
        assertThat(config.daysAhead()).isEqualTo(1);
        assertThat(config.maintenanceInterval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.bufferRows()).isEqualTo(12);
        assertThat(config.bufferSize().asLongValue()).isEqualTo(1024 * 1024);
        assertThat(config.batch()).isEqualTo(3);
        assertThat(config.flushInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.writeDeadline()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.stopGrace()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.errorLimit()).isEqualTo(5_000);
        assertThat(config.resultLimit()).isEqualTo(10);
        assertThat(config.payloadLimit()).isEqualTo(20);
        assertThat(config.lookUpDeadline()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void eachQueueHasItsPolicy() {
        Map<String, QueueConfig.Queue> queues = config(Map.of(
                        "penstock.queue.\"a\".history", "none",
                        "penstock.queue.\"b\".history", "all",
                        "penstock.queue.\"b\".history-payload", "true",
                        "penstock.queue.\"c\".concurrency", "2"))
                .getConfigMapping(QueueConfig.class)
                .queues();
        assertThat(queues.get("a").history()).isEqualTo(HistoryPolicy.NONE);
        assertThat(queues.get("b").history()).isEqualTo(HistoryPolicy.ALL);
        assertThat(queues.get("b").historyPayload()).isTrue();
        assertThat(queues.get("c").history()).isEqualTo(HistoryPolicy.FAILURES);
        assertThat(queues.get("c").historyPayload()).isFalse();
    }

    private static SmallRyeConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withMapping(HistoryConfig.class)
                .withMapping(QueueConfig.class)
                .withConverter(io.quarkus.runtime.configuration.MemorySize.class, 200, new MemorySizeConverter())
                .withSources(new PropertiesConfigSource(properties, "test", 1_000))
                .addDiscoveredConverters()
                .build();
    }
}
