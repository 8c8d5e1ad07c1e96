package io.penstock.common.batch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where an item of a batch is. */
public enum ItemStatus {
    PENDING,
    PROCESSING,
    COMPLETED,
    FAILED,
    SKIPPED;

    /** How the table and the API write it. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a word that is none. */
    public static Optional<ItemStatus> ofWire(String word) {
        return Arrays.stream(values())
                .filter(status -> status.wire().equals(word))
                .findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(ItemStatus::wire).toList();
    }
}
