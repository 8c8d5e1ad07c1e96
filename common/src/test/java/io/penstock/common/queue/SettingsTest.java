package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The settings of reports and of encryption, each with its default and with a value of its own. */
class SettingsTest {

    private static <T> T settings(Class<T> mapping, Map<String, String> set) {
        return new SmallRyeConfigBuilder()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(set, "test", 200))
                .withMapping(mapping)
                .build()
                .getConfigMapping(mapping);
    }

    @Test
    void reportsHaveDefaults() {
        ProgressConfig config = settings(ProgressConfig.class, Map.of());

        assertThat(config.keep()).isEqualTo(Duration.ofHours(24));
        assertThat(config.maxLines()).isEqualTo(1_000);
        assertThat(config.maxLineLength()).isEqualTo(2_000);
        assertThat(config.writeInterval()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.maxWaiting()).isEqualTo(10_000);
    }

    @Test
    void reportsTakeEverySetting() {
        ProgressConfig config = settings(
                ProgressConfig.class,
                Map.of(
                        "penstock.progress.keep", "1h",
                        "penstock.progress.max-lines", "2",
                        "penstock.progress.max-line-length", "3",
                        "penstock.progress.write-interval", "4s",
                        "penstock.progress.max-waiting", "5"));

        assertThat(config.keep()).isEqualTo(Duration.ofHours(1));
        assertThat(config.maxLines()).isEqualTo(2);
        assertThat(config.maxLineLength()).isEqualTo(3);
        assertThat(config.writeInterval()).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.maxWaiting()).isEqualTo(5);
    }

    @Test
    void nothingIsEncryptedByDefault() {
        EncryptionConfig config = settings(EncryptionConfig.class, Map.of());

        assertThat(config.keys()).isEmpty();
        assertThat(config.activeKey()).isEmpty();
        assertThat(config.queues()).isEmpty();
    }

    @Test
    void encryptionTakesEverySetting() {
        EncryptionConfig config = settings(
                EncryptionConfig.class,
                Map.of(
                        "penstock.encryption.keys.\"2026-01\"", "a2V5",
                        "penstock.encryption.active-key", "2026-01",
                        "penstock.encryption.queues", "orders,notification"));

        assertThat(config.keys()).containsExactly(Map.entry("2026-01", "a2V5"));
        assertThat(config.activeKey()).contains("2026-01");
        assertThat(config.queues()).contains(List.of("orders", "notification"));
    }
}
