package io.penstock.cli;

import java.util.Set;

/** What a word of a table deserves. Never the only sign of anything: the word is there as well. */
enum Colour {
    NONE(""),
    GOOD("\u001b[32m"),
    BUSY("\u001b[36m"),
    CARE("\u001b[33m"),
    BAD("\u001b[31m");

    private static final String PLAIN = "\u001b[0m";
    private static final Set<String> GOOD_WORDS = Set.of("completed", "done", "active", "yes");
    private static final Set<String> BUSY_WORDS = Set.of("running", "waiting", "scheduled", "pending");
    private static final Set<String> CARE_WORDS =
            Set.of("paused", "retrying", "quiet", "stopping", "refused", "partial_success", "cancelled", "expired");
    private static final Set<String> BAD_WORDS = Set.of("dead", "failed", "lost", "denied", "revoked");

    private final String code;

    Colour(String code) {
        this.code = code;
    }

    static Colour of(String word) {
        if (GOOD_WORDS.contains(word)) {
            return GOOD;
        }
        if (BUSY_WORDS.contains(word)) {
            return BUSY;
        }
        if (CARE_WORDS.contains(word)) {
            return CARE;
        }
        return BAD_WORDS.contains(word) ? BAD : NONE;
    }

    String apply(String text) {
        return this == NONE ? text : code + text + PLAIN;
    }
}
