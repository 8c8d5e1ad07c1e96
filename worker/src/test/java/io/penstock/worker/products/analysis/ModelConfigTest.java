package io.penstock.worker.products.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelConfigTest {

    static ModelConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withMapping(ModelConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 1_000))
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(ModelConfig.class);
    }

    @Test
    void hasTheseDefaults() {
        ModelConfig config = config(Map.of());
        assertThat(config.url()).isEmpty();
        assertThat(config.key()).isEmpty();
        assertThat(config.model()).isEqualTo("gpt-4o-mini");
        assertThat(config.budgetPerDay()).isEqualByComparingTo("1");
        assertThat(config.inputPrice()).isEqualByComparingTo("0.15");
        assertThat(config.outputPrice()).isEqualByComparingTo("0.60");
        assertThat(config.answerTokens()).isEqualTo(1_500);
        assertThat(config.answerTokensField()).isEqualTo("max_completion_tokens");
        assertThat(config.answerLimit().asLongValue()).isEqualTo(128 * 1024);
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.deadline()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void takesEveryProperty() {
        ModelConfig config = config(Map.ofEntries(
                Map.entry("penstock.product-model.url", "http://127.0.0.1:1/v1"),
                Map.entry("penstock.product-model.key", "k"),
                Map.entry("penstock.product-model.model", "m"),
                Map.entry("penstock.product-model.budget-per-day", "2"),
                Map.entry("penstock.product-model.input-price", "3"),
                Map.entry("penstock.product-model.output-price", "4"),
                Map.entry("penstock.product-model.answer-tokens", "5"),
                Map.entry("penstock.product-model.answer-tokens-field", "max_tokens"),
                Map.entry("penstock.product-model.answer-limit", "6K"),
                Map.entry("penstock.product-model.connect-timeout", "7s"),
                Map.entry("penstock.product-model.deadline", "8s")));
        assertThat(config.url()).contains(URI.create("http://127.0.0.1:1/v1"));
        assertThat(config.key()).contains("k");
        assertThat(config.model()).isEqualTo("m");
        assertThat(config.budgetPerDay()).isEqualByComparingTo(new BigDecimal(2));
        assertThat(config.inputPrice()).isEqualByComparingTo(new BigDecimal(3));
        assertThat(config.outputPrice()).isEqualByComparingTo(new BigDecimal(4));
        assertThat(config.answerTokens()).isEqualTo(5);
        assertThat(config.answerTokensField()).isEqualTo("max_tokens");
        assertThat(config.answerLimit().asLongValue()).isEqualTo(6 * 1024);
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.deadline()).isEqualTo(Duration.ofSeconds(8));
    }
}
