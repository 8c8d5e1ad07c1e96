package io.penstock.common.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertConfigTest {

    @Test
    void hasTheseDefaults() {
        AlertConfig config = AlertSettings.of(Map.of());
        assertThat(config.deliver()).isTrue();
        assertThat(config.interval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.deadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.giveUpAfter()).isEqualTo(Duration.ofDays(1));
        assertThat(config.keep()).isEqualTo(Duration.ofDays(90));
        assertThat(config.mail().to()).isEmpty();
        assertThat(config.mail().from()).isEqualTo("penstock@localhost");
        assertThat(config.webhook().url()).isEmpty();
        assertThat(config.webhook().secret()).isEmpty();
    }

    @Test
    void takesEveryProperty() {
        AlertConfig config = AlertSettings.of(Map.of(
                "penstock.alert.deliver", "false",
                "penstock.alert.interval", "1s",
                "penstock.alert.deadline", "2s",
                "penstock.alert.give-up-after", "3s",
                "penstock.alert.keep", "4s",
                "penstock.alert.mail.to", "a@example.org,b@example.org",
                "penstock.alert.mail.from", "c@example.org",
                "penstock.alert.webhook.url", "https://example.org/hook",
                "penstock.alert.webhook.secret", "s"));
        assertThat(config.deliver()).isFalse();
        assertThat(config.interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.deadline()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.giveUpAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.keep()).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.mail().to())
                .hasValueSatisfying(to -> assertThat(to).containsExactly("a@example.org", "b@example.org"));
        assertThat(config.mail().from()).isEqualTo("c@example.org");
        assertThat(config.webhook().url()).contains("https://example.org/hook");
        assertThat(config.webhook().secret()).contains("s");
    }
}
