package io.penstock.common.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrdersConfigTest {

    @Test
    void hasTheseDefaults() {
        OrdersConfig config = config(Map.of());
        assertThat(config.holdTime()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.maxPerOrder()).isEqualTo(10);
        assertThat(config.zone()).isEqualTo(ZoneId.of("Asia/Taipei"));
        assertThat(config.sweepAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.sweepConcurrency()).isEqualTo(4);
        assertThat(config.mailFrom()).isEqualTo("penstock@localhost");
        assertThat(config.cleanup().supportSessions()).isEqualTo(Duration.ofDays(3));
        assertThat(config.cleanup().executionLogs()).isEqualTo(Duration.ofDays(30));
        assertThat(config.cleanup().fileGrace()).isEqualTo(Duration.ofDays(1));
        assertThat(config.files().endpoint()).isEmpty();
        assertThat(config.files().bucket()).isEqualTo("shop");
        assertThat(config.files().region()).isEqualTo("us-east-1");
        assertThat(config.files().accessKey()).isEmpty();
        assertThat(config.files().secretKey()).isEmpty();
        assertThat(config.files().prefixes()).containsExactly("avatars/", "posters/");
        assertThat(config.files().maxSize().asLongValue()).isEqualTo(1_048_576);
        assertThat(config.files().deadline()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void takesEveryProperty() {
        OrdersConfig config = config(Map.ofEntries(
                Map.entry("penstock.orders.hold-time", "1s"),
                Map.entry("penstock.orders.max-per-order", "2"),
                Map.entry("penstock.orders.zone", "Europe/Berlin"),
                Map.entry("penstock.orders.sweep-after", "3s"),
                Map.entry("penstock.orders.sweep-concurrency", "4"),
                Map.entry("penstock.orders.mail-from", "shop@example.org"),
                Map.entry("penstock.orders.cleanup.support-sessions", "5s"),
                Map.entry("penstock.orders.cleanup.execution-logs", "6s"),
                Map.entry("penstock.orders.cleanup.file-grace", "7s"),
                Map.entry("penstock.orders.files.endpoint", "http://store:9000"),
                Map.entry("penstock.orders.files.bucket", "a"),
                Map.entry("penstock.orders.files.region", "b"),
                Map.entry("penstock.orders.files.access-key", "c"),
                Map.entry("penstock.orders.files.secret-key", "d"),
                Map.entry("penstock.orders.files.prefixes", "e/"),
                Map.entry("penstock.orders.files.max-size", "9K"),
                Map.entry("penstock.orders.files.deadline", "8s")));
        assertThat(config.holdTime()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.maxPerOrder()).isEqualTo(2);
        assertThat(config.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(config.sweepAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.sweepConcurrency()).isEqualTo(4);
        assertThat(config.mailFrom()).isEqualTo("shop@example.org");
        assertThat(config.cleanup().supportSessions()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.cleanup().executionLogs()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.cleanup().fileGrace()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.files().endpoint()).hasValue(URI.create("http://store:9000"));
        assertThat(config.files().bucket()).isEqualTo("a");
        assertThat(config.files().region()).isEqualTo("b");
        assertThat(config.files().accessKey()).hasValue("c");
        assertThat(config.files().secretKey()).hasValue("d");
        assertThat(config.files().prefixes()).isEqualTo(List.of("e/"));
        assertThat(config.files().maxSize().asLongValue()).isEqualTo(9_216);
        assertThat(config.files().deadline()).isEqualTo(Duration.ofSeconds(8));
    }

    private static OrdersConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withMapping(OrdersConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 1_000))
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(OrdersConfig.class);
    }
}
