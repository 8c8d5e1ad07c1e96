package io.penstock.common.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a job says it is.
 *
 * @param percent 0 to 100
 * @param message what it is doing, or null
 * @param done of {@code total} things, or null where it speaks in percent
 * @param total null exactly if {@code done} is
 * @param attempt in which attempt it said so, 1 or more
 * @param at when it said so
 */
public record JobProgress(
        int percent, @Nullable String message, @Nullable Long done, @Nullable Long total, int attempt, Instant at) {

    public static final int MAX_MESSAGE = 500;

    public JobProgress {
        percent = Math.max(0, Math.min(100, percent));
        message = message == null || message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE);
    }

    public static JobProgress ofPercent(int percent, @Nullable String message, int attempt, Instant at) {
        return new JobProgress(percent, message, null, null, attempt, at);
    }

    /** Nothing to do counts as done. */
    public static JobProgress ofTotal(long done, long total, int attempt, Instant at) {
        long whole = Math.max(0, total);
        long part = Math.max(0, Math.min(done, whole));
        int percent = whole == 0 ? 100 : (int) (100.0 * part / whole);
        return new JobProgress(percent, null, part, whole, attempt, at);
    }
}
