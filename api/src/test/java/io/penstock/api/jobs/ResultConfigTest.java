package io.penstock.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultConfigTest {

    private static ResultConfig settings(Map<String, String> set) {
        return new SmallRyeConfigBuilder()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(set, "test", 200))
                .withMapping(ResultConfig.class)
                .build()
                .getConfigMapping(ResultConfig.class);
    }

    @Test
    void hasDefaults() {
        ResultConfig config = settings(Map.of());

        assertThat(config.maxWaiting()).isEqualTo(1_000);
        assertThat(config.maxWait()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.pollInterval()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void takesEverySetting() {
        ResultConfig config = settings(Map.of(
                "penstock.results.max-waiting", "1",
                "penstock.results.max-wait", "2s",
                "penstock.results.poll-interval", "3s"));

        assertThat(config.maxWaiting()).isEqualTo(1);
        assertThat(config.maxWait()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.pollInterval()).isEqualTo(Duration.ofSeconds(3));
    }
}
