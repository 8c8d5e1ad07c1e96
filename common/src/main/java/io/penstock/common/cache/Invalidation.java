package io.penstock.common.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one process tells the others: entries that are no longer what they were. Sent as words with blanks between, which
 * no key holds: version, sender, kind, keys or pattern.
 *
 * @param sender id of the process that sent it: it has done already what it says
 */
public record Invalidation(String sender, Kind kind, List<String> words) {

    /** What the words are. */
    public enum Kind {
        KEYS('k'),
        PATTERN('p'),
        /** Something that this process does not understand, of a newer version: to be safe, everything. */
        EVERYTHING('e');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    private static final String VERSION = "1";
    /** Of one message: longer ones hold up what comes behind them. */
    static final int MOST_KEYS = 500;

    static Invalidation ofKeys(String sender, List<String> keys) {
        return new Invalidation(sender, Kind.KEYS, List.copyOf(keys));
    }

    static Invalidation ofPattern(String sender, KeyPattern pattern) {
        return new Invalidation(sender, Kind.PATTERN, List.of(pattern.text()));
    }

    static Invalidation ofEverything(String sender) {
        return new Invalidation(sender, Kind.EVERYTHING, List.of());
    }

    /** As it is sent. */
    public String text() {
        List<String> all = new ArrayList<>(List.of(VERSION, sender, String.valueOf(kind.letter)));
        all.addAll(words);
        return String.join(" ", all);
    }

    /** Never fails: what cannot be read is everything. */
    public static Invalidation parse(String text) {
        List<String> all = Arrays.asList(text.split(" ", -1));
        if (all.size() >= 3 && all.get(0).equals(VERSION)) {
            for (Kind kind : Kind.values()) {
                if (all.get(2).equals(String.valueOf(kind.letter))) {
                    return new Invalidation(all.get(1), kind, List.copyOf(all.subList(3, all.size())));
                }
            }
        }
        return ofEverything("");
    }
}
