package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerConfigTest {

    @Test
    void hasTheseDefaults() {
        WorkerConfig config = config(Map.of());
        assertThat(config.id()).isEmpty();
        assertThat(config.queues()).isEmpty();
        assertThat(config.slots()).isEmpty();
        assertThat(config.sharing()).isEqualTo(Sharing.WEIGHTED);
        assertThat(config.lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.claimWait()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.prefetch()).isEqualTo(Duration.ofMillis(5));
        assertThat(config.drainGrace()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.cancelPollInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.promoteInterval()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.rescueInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.consumerCleanupInterval()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.stuckAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.heartbeatInterval()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void takesEveryProperty() {
        WorkerConfig config = config(Map.ofEntries(
                Map.entry("penstock.worker.id", "w7"),
                Map.entry("penstock.worker.queues", "orders,cleanup"),
                Map.entry("penstock.worker.slots", "12"),
                Map.entry("penstock.worker.sharing", "strict"),
                Map.entry("penstock.worker.lease", "2s"),
                Map.entry("penstock.worker.claim-wait", "3s"),
                Map.entry("penstock.worker.prefetch", "10ms"),
                Map.entry("penstock.worker.drain-grace", "4s"),
                Map.entry("penstock.worker.cancel-poll-interval", "9s"),
                Map.entry("penstock.worker.promote-interval", "5s"),
                Map.entry("penstock.worker.rescue-interval", "6s"),
                Map.entry("penstock.worker.consumer-cleanup-interval", "7s"),
                Map.entry("penstock.worker.heartbeat-interval", "1s"),
                Map.entry("penstock.worker.stuck-after", "8s")));
        assertThat(config.id()).contains("w7");
        assertThat(config.queues()).contains(List.of("orders", "cleanup"));
        assertThat(config.slots()).hasValue(12);
        assertThat(config.sharing()).isEqualTo(Sharing.STRICT);
        assertThat(config.lease()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.claimWait()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.prefetch()).isEqualTo(Duration.ofMillis(10));
        assertThat(config.drainGrace()).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.cancelPollInterval()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.promoteInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.rescueInterval()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.consumerCleanupInterval()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.stuckAfter()).isEqualTo(Duration.ofSeconds(8));
        assertThat(config.heartbeatInterval()).isEqualTo(Duration.ofSeconds(1));
    }

    private static WorkerConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withMapping(WorkerConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(WorkerConfig.class);
    }
}
