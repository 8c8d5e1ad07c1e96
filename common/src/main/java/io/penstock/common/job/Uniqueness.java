package io.penstock.common.job;

import java.time.Duration;

/**
 * Keeps a second job of the same key out while the first one lives. The key is free again when its job has completed,
 * died, expired, or was cancelled or deleted, and in any case when the window is over.
 *
 * @param key any text of 1 to {@link #MAX_KEY} characters, one space of names per queue
 * @param window how long the key is held at most, counted from the enqueue
 * @param onConflict what happens to the newcomer
 */
public record Uniqueness(String key, Duration window, OnConflict onConflict) {

    /** What happens when the key is taken. */
    public enum OnConflict {
        /** The newcomer is dropped and answered with the job that holds the key. */
        KEEP,
        /**
         * A job that has not started yet takes over payload, options and delay of the newcomer and keeps its id: a
         * burst of changes becomes one job, with the last payload, once the burst is over. While the holder runs, the
         * newcomer is added and takes the key over, so that the last change is never lost.
         */
        REPLACE
    }

    public static final int MAX_KEY = 1_000;
    public static final Duration MAX_WINDOW = JobOptions.MAX_DELAY;
    public static final Duration DEFAULT_WINDOW = Duration.ofDays(1);

    public Uniqueness {
        if (key.isBlank() || key.length() > MAX_KEY) {
            throw new InvalidJobException("unique.key", "must be 1 to " + MAX_KEY + " characters, not all blank");
        }
        if (window.toMillis() < 1 || window.compareTo(MAX_WINDOW) > 0) {
            throw new InvalidJobException("unique.window", "must be between 1 and " + MAX_WINDOW.toMillis() + " ms");
        }
    }

    public static Uniqueness of(String key) {
        return new Uniqueness(key, DEFAULT_WINDOW, OnConflict.KEEP);
    }

    public static Uniqueness replacing(String key) {
        return new Uniqueness(key, DEFAULT_WINDOW, OnConflict.REPLACE);
    }

    public Uniqueness within(Duration newWindow) {
        return new Uniqueness(key, newWindow, onConflict);
    }
}
