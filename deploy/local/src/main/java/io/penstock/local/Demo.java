package io.penstock.local;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a run shows. */
enum Demo {
    /** A feed of offers that is swept and watched. */
    OFFERS,
    /** A ticket shop with a crowd: holds are short, so that they can be seen to expire. */
    ORDERS,
    /** Two tenants full of course templates. */
    TEMPLATES,
    /** Sellers who track products of a marketplace that moves by the minute. */
    PRODUCTS;

    /** An hour of a deployment is some seconds here. */
    private static final Map<String, String> FAST_PRODUCTS = Map.ofEntries(
            Map.entry("PENSTOCK_WORKLOAD_OFFERS_ENABLED", "false"),
            Map.entry("PENSTOCK_PRODUCTS_FRESHNESS", "8s"),
            Map.entry("PENSTOCK_PRODUCTS_SYNC_FRESHNESS", "3s"),
            Map.entry("PENSTOCK_PRODUCTS_BATCH_FRESHNESS", "30s"),
            Map.entry("PENSTOCK_PRODUCTS_CLAIM", "1m"),
            Map.entry("PENSTOCK_PRODUCTS_ANOMALIES_SETTLE", "1m"),
            Map.entry("PENSTOCK_PRODUCTS_ANOMALIES_QUIET", "30s"),
            Map.entry("PENSTOCK_PRODUCT_SCRAPER_FIRST_LOOK", "4s"),
            Map.entry("PENSTOCK_PRODUCT_SCRAPER_LOOK_AGAIN", "2s"),
            Map.entry("PENSTOCK_PRODUCT_SCRAPER_FAULT_PAUSE", "2s"),
            Map.entry("PENSTOCK_PRODUCT_SCRAPER_BLOCKED_PAUSE", "5s"),
            Map.entry("PENSTOCK_UPSTREAM__APIFY__PERMITS", "120"),
            Map.entry("PENSTOCK_UPSTREAM__APIFY__BURST", "10"));

    /** What all processes of Penstock are told, as environment variables. */
    Map<String, String> settings() {
        return switch (this) {
            case OFFERS -> Map.of();
            case ORDERS -> Map.of("PENSTOCK_ORDERS_HOLD_TIME", "15s", "PENSTOCK_WORKLOAD_OFFERS_ENABLED", "false");
            case TEMPLATES -> Map.of("PENSTOCK_WORKLOAD_OFFERS_ENABLED", "false");
            case PRODUCTS -> FAST_PRODUCTS;
        };
    }

    /** As the command line names it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Demo> ofWord(String word) {
        return Arrays.stream(values()).filter(demo -> demo.word().equals(word)).findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(Demo::word).collect(Collectors.joining(", "));
    }
}
