package io.penstock.common.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutboxRelayConfigTest {

    @Test
    void hasTheseDefaults() {
        OutboxRelayConfig config = OutboxHarness.config();
        assertThat(config.enabled()).isFalse();
        assertThat(config.sweep()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.batch()).isEqualTo(500);
        assertThat(config.acceptWithin()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.remember()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.cleanupInterval()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.stopGrace()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void takesEveryProperty() {
        OutboxRelayConfig config = OutboxHarness.config(
                "enabled", "true",
                "sweep", "1s",
                "batch", "7",
                "accept-within", "2s",
                "remember", "3m",
                "cleanup-interval", "4s",
                "stop-grace", "6s");
        assertThat(config.enabled()).isTrue();
        assertThat(config.sweep()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.batch()).isEqualTo(7);
        assertThat(config.acceptWithin()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.remember()).isEqualTo(Duration.ofMinutes(3));
        assertThat(config.cleanupInterval()).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.stopGrace()).isEqualTo(Duration.ofSeconds(6));
    }
}
