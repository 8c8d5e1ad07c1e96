package io.penstock.common.products;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the history of a product is asked for. */
public enum Metric {
    PRICE,
    RANK,
    RATING,
    REVIEWS,
    BUY_BOX;

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Metric> ofWire(String wire) {
        return Arrays.stream(values()).filter(each -> each.wire().equals(wire)).findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(Metric::wire).toList();
    }
}
