package io.penstock.common.batch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where a batch is. */
public enum BatchStatus {
    /** Waits for its time, or for a worker. */
    PENDING,
    RUNNING,
    /** Every item completed or was skipped. */
    COMPLETED,
    /** Some items failed. */
    PARTIAL_SUCCESS,
    /** No item completed. */
    FAILED,
    CANCELLED;

    /** How the table and the API write it. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isEnd() {
        return this != PENDING && this != RUNNING;
    }

    /** Empty for a word that is none. */
    public static Optional<BatchStatus> ofWire(String word) {
        return Arrays.stream(values())
                .filter(status -> status.wire().equals(word))
                .findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(BatchStatus::wire).toList();
    }
}
