package io.penstock.common.products;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can move. */
public enum AnomalyKind {
    PRICE,
    RANK,
    RATING,
    REVIEWS,
    BUY_BOX;

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<AnomalyKind> ofWire(String wire) {
        return Arrays.stream(values()).filter(each -> each.wire().equals(wire)).findFirst();
    }
}
