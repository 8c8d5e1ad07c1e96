package io.penstock.common.products;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a user pays for. */
public enum Plan {
    BASIC(1),
    PREMIUM(3),
    ENTERPRISE(5);

    private final int weight;

    Plan(int weight) {
        this.weight = weight;
    }

    /** Its part of the priority of an update, see {@link UpdatePriority}. */
    public int weight() {
        return weight;
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Plan> ofWire(String wire) {
        return Arrays.stream(values()).filter(each -> each.wire().equals(wire)).findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(Plan::wire).toList();
    }
}
