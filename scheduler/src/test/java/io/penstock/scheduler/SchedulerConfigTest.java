package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchedulerConfigTest {

    @Test
    void hasTheseDefaults() {
        SchedulerConfig config = config(Map.of());
        assertThat(config.enabled()).isTrue();
        assertThat(config.tick()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.batch()).isEqualTo(200);
        assertThat(config.misfireAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.fireAllLimit()).isEqualTo(10);
        assertThat(config.heldLimit()).isEqualTo(10);
        assertThat(config.claimLease()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.dedupRetention()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.alert().lateAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.alert().failuresInRow()).isEqualTo(3);
        assertThat(config.tickTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.stuckAfter()).isEqualTo(Duration.ofSeconds(45));
        assertThat(config.stopGrace()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.logRetention()).isEqualTo(Duration.ofDays(30));
    }

    @Test
    void takesEveryProperty() {
        SchedulerConfig config = config(Map.ofEntries(
                Map.entry("penstock.scheduler.enabled", "false"),
                Map.entry("penstock.scheduler.tick", "2s"),
                Map.entry("penstock.scheduler.batch", "7"),
                Map.entry("penstock.scheduler.misfire-after", "1m"),
                Map.entry("penstock.scheduler.fire-all-limit", "3"),
                Map.entry("penstock.scheduler.held-limit", "4"),
                Map.entry("penstock.scheduler.claim-lease", "9s"),
                Map.entry("penstock.scheduler.dedup-retention", "3m"),
                Map.entry("penstock.scheduler.alert.late-after", "8s"),
                Map.entry("penstock.scheduler.alert.failures-in-row", "5"),
                Map.entry("penstock.scheduler.tick-timeout", "11s"),
                Map.entry("penstock.scheduler.stuck-after", "33s"),
                Map.entry("penstock.scheduler.stop-grace", "1s"),
                Map.entry("penstock.scheduler.log-retention", "2d")));
        assertThat(config.enabled()).isFalse();
        assertThat(config.tick()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.batch()).isEqualTo(7);
        assertThat(config.misfireAfter()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.fireAllLimit()).isEqualTo(3);
        assertThat(config.heldLimit()).isEqualTo(4);
        assertThat(config.claimLease()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.dedupRetention()).isEqualTo(Duration.ofMinutes(3));
        assertThat(config.alert().lateAfter()).isEqualTo(Duration.ofSeconds(8));
        assertThat(config.alert().failuresInRow()).isEqualTo(5);
        assertThat(config.tickTimeout()).isEqualTo(Duration.ofSeconds(11));
        assertThat(config.stuckAfter()).isEqualTo(Duration.ofSeconds(33));
        assertThat(config.stopGrace()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.logRetention()).isEqualTo(Duration.ofDays(2));
    }

    @Test
    void knowsTheSchedulesThatAreSwitchedOff() {
        ScheduleSwitches switches = new SmallRyeConfigBuilder()
                .withMapping(ScheduleSwitches.class)
                .withSources(new PropertiesConfigSource(
                        Map.of(
                                "penstock.schedule.\"offers-high\".enabled", "false",
                                "penstock.schedule.\"offers-full\".enabled", "true"),
                        "test",
                        1_000))
                .build()
                .getConfigMapping(ScheduleSwitches.class);
        assertThat(switches.off()).containsExactly("offers-high");
    }

    private static SchedulerConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withMapping(SchedulerConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(SchedulerConfig.class);
    }
}
