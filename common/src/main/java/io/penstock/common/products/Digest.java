package io.penstock.common.products;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a user wants to be told: of each thing by itself, or of what has gathered in a time. */
public enum Digest {
    IMMEDIATE(Duration.ZERO),
    HOURLY(Duration.ofHours(1)),
    DAILY(Duration.ofDays(1)),
    WEEKLY(Duration.ofDays(7));

    private final Duration every;

    Digest(Duration every) {
        this.every = every;
    }

    public Duration every() {
        return every;
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Digest> ofWire(String wire) {
        return Arrays.stream(values()).filter(each -> each.wire().equals(wire)).findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(Digest::wire).toList();
    }
}
