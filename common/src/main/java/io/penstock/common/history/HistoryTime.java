package io.penstock.common.history;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From when until when to look: there is no look-up without both ends.
 *
 * @param from the first instant
 * @param to the first instant after it
 */
public record HistoryTime(Instant from, Instant to) {

    /** No question spans more partitions. */
    public static final Duration MOST = Duration.ofDays(31);

    /** What is looked through when nobody says. */
    public static final Duration DEFAULT = Duration.ofDays(1);

    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    public HistoryTime {
        requireKnown("from", from);
        requireKnown("to", to);
        if (!from.isBefore(to)) {
            throw new InvalidHistoryQueryException("from", "must be before the end of the time asked for");
        }
        if (Duration.between(from, to).compareTo(MOST) > 0) {
            throw new InvalidHistoryQueryException(
                    "from", "must be at most " + MOST.toDays() + " days before the end of the time asked for");
        }
        // As exact as the table; rows of the last microsecond belong to the time asked for.
        from = from.truncatedTo(ChronoUnit.MICROS);
        to = to.truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * The time between two ends, either of which may be left open.
     *
     * @param from null: {@code whenAbsent} before the end
     * @param to null: now
     */
    public static HistoryTime of(@Nullable Instant from, @Nullable Instant to, Instant now, Duration whenAbsent) {
        // What ended in this very instant is part of the answer.
        Instant end = to == null ? now.plus(1, ChronoUnit.MILLIS) : to;
        requireKnown("to", end);
        return new HistoryTime(Optional.ofNullable(from).orElse(end.minus(whenAbsent)), end);
    }

    private static void requireKnown(String field, Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw new InvalidHistoryQueryException(field, "must be between " + EARLIEST + " and " + LATEST);
        }
    }
}
