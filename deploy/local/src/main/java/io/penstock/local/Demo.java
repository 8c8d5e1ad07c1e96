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
    TEMPLATES;

    /** What all processes of Penstock are told, as environment variables. */
    Map<String, String> settings() {
        return switch (this) {
            case OFFERS -> Map.of();
            case ORDERS -> Map.of("PENSTOCK_ORDERS_HOLD_TIME", "15s", "PENSTOCK_WORKLOAD_OFFERS_ENABLED", "false");
            case TEMPLATES -> Map.of("PENSTOCK_WORKLOAD_OFFERS_ENABLED", "false");
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
