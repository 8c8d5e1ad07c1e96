package io.penstock.common.batch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a batch does about an item whose target was changed by somebody else, or that something else stands against. */
public enum ConflictStrategy {
    /** The item fails and the batch is cancelled. */
    ABORT,
    /** The item is skipped. */
    SKIP,
    /** The handler does it all the same. */
    OVERRIDE,
    /** The handler joins both changes where it can. */
    MERGE;

    /** How the table and the API write it. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a word that is none. */
    public static Optional<ConflictStrategy> ofWire(String word) {
        return Arrays.stream(values())
                .filter(strategy -> strategy.wire().equals(word))
                .findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(ConflictStrategy::wire).toList();
    }
}
