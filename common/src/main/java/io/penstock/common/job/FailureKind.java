package io.penstock.common.job;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** In what way an attempt failed, for programs; the reason beside it is for people. */
public enum FailureKind {
    /** The handler said so, or threw. */
    ERROR,
    /** The attempt took longer than it may. */
    TIMEOUT;

    /** How the history and the API write it. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Null for null, and for a word this version does not know. */
    public static @Nullable FailureKind ofWire(@Nullable String word) {
        for (FailureKind kind : values()) {
            if (kind.wire().equals(word)) {
                return kind;
            }
        }
        return null;
    }
}
