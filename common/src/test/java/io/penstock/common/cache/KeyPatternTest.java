package io.penstock.common.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPatternTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "",
                "product",
                "product*",
                "pro*:x",
                "*:x",
                "queue:*",
                "limit:*",
                "rate_limit:*",
                "idempotency:*",
                "cache:lock:*",
                "product:",
                "product:[ab]",
                "product:a b",
                "product:{a}",
                "product:a\nb",
                "product:\\*"
            })
    void whatNamesNoNamespaceOfCachedValuesIsRefused(String text) {
        assertThatThrownBy(() -> new KeyPattern(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "product:*,             product:price:1,   true",
        "product:price:*,       product:basic:1,   false",
        "product:*:1,           product:price:1,   true",
        "product:*:1,           product:price:11,  false",
        "product:price:?,       product:price:1,   true",
        "product:price:?,       product:price:12,  false",
        "product:*a*b*c,        product:xaybzc,    true",
        "product:*a*b*c,        product:xaybzcd,   false",
        "product:price:1,       product:price:1,   true",
        "product:price:**,      product:price:,    true",
    })
    void matchesAsRedisDoes(String pattern, String key, boolean matches) {
        assertThat(new KeyPattern(pattern).matches(key)).isEqualTo(matches);
    }

    @Test
    void manyStarsCostNoMoreThanFew() {
        String pattern = "product:" + "*a".repeat(400);

        assertThat(new KeyPattern(pattern).matches("product:" + "b".repeat(5_000)))
                .isFalse();
    }
}
