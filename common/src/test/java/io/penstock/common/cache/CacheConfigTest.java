package io.penstock.common.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheConfigTest {

    private static final CacheDefinition<String, String> PRICES = CacheDefinition.of(
            "prices",
            String.class,
            String.class,
            Ttl.PRODUCT_PRICE,
            "product:price:",
            CacheKeys::productPrice,
            key -> Uni.createFrom().nullItem());

    @Test
    void defaults() {
        CacheConfig config = CacheSettings.of(Map.of());

        assertThat(config.redis()).isEmpty();
        assertThat(config.redisWait()).hasMillis(30);
        assertThat(config.redisPause()).hasMillis(500);
        assertThat(config.loadTimeout()).hasSeconds(10);
        assertThat(config.maxValueSize().asLongValue()).isEqualTo(1024 * 1024);
        assertThat(config.negativeTtl()).hasSeconds(30);
        assertThat(config.jitter()).isEqualTo(0.1);
        assertThat(config.statsInterval()).hasMinutes(1);
        assertThat(config.memory().maxEntries()).isEqualTo(10_000);
        assertThat(config.memory().ttl()).hasMinutes(10);
        assertThat(config.memory().blindTtl()).hasSeconds(1);
        assertThat(config.ttl()).isEmpty();
        assertThat(config.named()).isEmpty();
    }

    @Test
    void everySettingIsTaken() {
        CacheConfig config = CacheSettings.of(Map.ofEntries(
                Map.entry("penstock.cache.redis", "cache"),
                Map.entry("penstock.cache.redis-wait", "1ms"),
                Map.entry("penstock.cache.redis-pause", "2ms"),
                Map.entry("penstock.cache.load-timeout", "3s"),
                Map.entry("penstock.cache.max-value-size", "4K"),
                Map.entry("penstock.cache.negative-ttl", "0s"),
                Map.entry("penstock.cache.jitter", "0.5"),
                Map.entry("penstock.cache.stats-interval", "5s"),
                Map.entry("penstock.cache.memory.max-entries", "6"),
                Map.entry("penstock.cache.memory.ttl", "7s"),
                Map.entry("penstock.cache.memory.blind-ttl", "8s"),
                Map.entry("penstock.cache.ttl.\"product-price\"", "2h"),
                Map.entry("penstock.cache.named.\"prices\".tier", "redis"),
                Map.entry("penstock.cache.named.\"prices\".max-entries", "9")));

        assertThat(config.redis()).contains("cache");
        assertThat(config.redisWait()).hasMillis(1);
        assertThat(config.redisPause()).hasMillis(2);
        assertThat(config.statsInterval()).hasSeconds(5);
        assertThat(CachePolicy.of(PRICES, config))
                .isEqualTo(new CachePolicy(
                        "prices",
                        Tier.REDIS,
                        Duration.ofHours(2),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        Duration.ZERO,
                        0.5,
                        9,
                        4096,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(5)));
    }

    @Test
    void aCacheHasTheLifetimeOfItsKindAndThatOfItsOwnBeforeIt() {
        assertThat(CachePolicy.of(PRICES, CacheSettings.of(Map.of())).ttl()).hasHours(4);
        assertThat(CachePolicy.of(
                                PRICES,
                                CacheSettings.of(Map.of(
                                        "penstock.cache.named.\"prices\".ttl", "1m",
                                        "penstock.cache.named.\"prices\".memory-ttl", "2s")))
                        .ttl())
                .hasMinutes(1);
    }

    @Test
    void aLoadMayTakeAsLongAsItsCacheSays() {
        CacheConfig config = CacheSettings.of(Map.of("penstock.cache.named.\"prices\".load-timeout", "90s"));
        assertThat(CachePolicy.of(PRICES, config).loadTimeout()).hasSeconds(90);
        assertThat(CachePolicy.of(PRICES, config).lock()).isGreaterThan(Duration.ofSeconds(90));
        assertThat(CachePolicy.of(PRICES, CacheSettings.of(Map.of())).loadTimeout())
                .hasSeconds(10);
    }

    @ParameterizedTest
    @EnumSource(Ttl.class)
    void everyLifetimeCanBeOverridden(Ttl kind) {
        CacheConfig config = CacheSettings.of(Map.of("penstock.cache.ttl.\"" + kind.code() + "\"", "3m"));

        CachePolicy.checkLifetimes(config);

        assertThat(CachePolicy.ttl(kind, config)).hasMinutes(3);
    }

    @ParameterizedTest
    @CsvSource({
        "PRODUCT_BASIC, 86400",
        "PRODUCT_PRICE, 14400",
        "PRODUCT_RANKING, 21600",
        "PRODUCT_REVIEWS, 43200",
        "HISTORY_PRICE_30D, 7200",
        "HISTORY_PRICE_1Y, 86400",
        "HISTORY_TREND, 21600",
        "USER_PROFILE, 3600",
        "USER_TRACKED_LIST, 1800",
        "USER_SETTINGS, 14400",
        "USER_NOTIFICATIONS, 900",
        "COMPETITOR_ANALYSIS, 21600",
        "OPTIMIZATION_SUGGESTIONS, 14400",
        "ANALYSIS_REPORT, 86400",
        "API_RESPONSE, 600",
        "SEARCH_RESULTS, 1800",
        "BATCH_ITEM, 14400",
        "SYSTEM_CONFIG, 3600",
        "RATE_LIMIT_MINUTE, 60",
        "RATE_LIMIT_HOUR, 3600",
        "RATE_LIMIT_DAY, 86400",
        "USER_SESSION, 604800",
        "API_TOKEN, 86400",
        "TEMP_DATA, 300",
        "LOCK, 30"
    })
    void theStandardLifetimesAreTheDocumentedOnes(Ttl kind, long seconds) {
        assertThat(kind.standard()).hasSeconds(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "-1s", "9000h"})
    void aLifetimeOfNothingOrOfYearsIsRefused(String ttl) {
        CacheConfig config = CacheSettings.of(Map.of("penstock.cache.ttl.\"product-price\"", ttl));

        assertThatThrownBy(() -> CachePolicy.checkLifetimes(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("product-price");
    }

    @Test
    void anUnknownKindIsRefused() {
        CacheConfig config = CacheSettings.of(Map.of("penstock.cache.ttl.\"product-prise\"", "1m"));

        assertThatThrownBy(() -> CachePolicy.checkLifetimes(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("product-prise")
                .hasMessageContaining("product-price");
    }
}
