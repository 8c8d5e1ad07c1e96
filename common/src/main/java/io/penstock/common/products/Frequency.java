package io.penstock.common.products;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How often a user wants a product to be read. */
public enum Frequency {
    HOURLY,
    SIX_HOURLY,
    DAILY;

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Frequency> ofWire(String wire) {
        return Arrays.stream(values()).filter(each -> each.wire().equals(wire)).findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(Frequency::wire).toList();
    }
}
