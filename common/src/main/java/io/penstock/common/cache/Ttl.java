package io.penstock.common.cache;

import java.time.Duration;
import java.util.Locale;

/**
 * How long values of each kind are kept in Redis. Each is overridden by {@code penstock.cache.ttl."<code>"}, such as
 * {@code penstock.cache.ttl."product-price"=2h}. What is kept in memory goes sooner, see {@link CacheConfig.Memory}.
 */
public enum Ttl {
    PRODUCT_BASIC(86_400),
    PRODUCT_PRICE(14_400),
    PRODUCT_RANKING(21_600),
    PRODUCT_REVIEWS(43_200),
    HISTORY_PRICE_30D(7_200),
    HISTORY_PRICE_1Y(86_400),
    HISTORY_TREND(21_600),
    USER_PROFILE(3_600),
    USER_TRACKED_LIST(1_800),
    USER_SETTINGS(14_400),
    USER_NOTIFICATIONS(900),
    COMPETITOR_ANALYSIS(21_600),
    OPTIMIZATION_SUGGESTIONS(14_400),
    ANALYSIS_REPORT(86_400),
    API_RESPONSE(600),
    BATCH_ITEM(14_400),
    SEARCH_RESULTS(1_800),
    SYSTEM_CONFIG(3_600),
    RATE_LIMIT_MINUTE(60),
    RATE_LIMIT_HOUR(3_600),
    RATE_LIMIT_DAY(86_400),
    USER_SESSION(604_800),
    API_TOKEN(86_400),
    TEMP_DATA(300),
    LOCK(30);

    private final Duration standard;

    Ttl(long seconds) {
        this.standard = Duration.ofSeconds(seconds);
    }

    /** Where the configuration says nothing. */
    public Duration standard() {
        return standard;
    }

    /** As the configuration names it: {@code product-basic}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
