package io.penstock.common.history;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a row of the history tells. All but {@link #FAILED} are ends of a job. */
public enum HistoryState {
    COMPLETED,
    /** An attempt failed and the job goes on; the failure of the last attempt is {@link #DEAD}. */
    FAILED,
    DEAD,
    CANCELLED,
    EXPIRED,
    DELETED;

    /** How the table and the API write it. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a word this version does not know. */
    public static Optional<HistoryState> ofWire(String word) {
        return Arrays.stream(values())
                .filter(state -> state.wire().equals(word))
                .findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(HistoryState::wire).toList();
    }
}
