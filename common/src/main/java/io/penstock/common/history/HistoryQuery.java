package io.penstock.common.history;

import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which page of the history to read, latest end first. */
public final class HistoryQuery {

    public static final int MAX_LIMIT = 200;
    public static final int DEFAULT_LIMIT = 50;

    private final HistoryTime time;
    private final HistoryFilter filter;
    private final int limit;
    private final Optional<HistoryCursor> after;

    private HistoryQuery(HistoryTime time, HistoryFilter filter, int limit, Optional<HistoryCursor> after) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidHistoryQueryException("limit", "must be a whole number from 1 to " + MAX_LIMIT);
        }
        this.time = time;
        this.filter = filter;
        this.limit = limit;
        this.after = after;
    }

    /** The first page. Fails with {@link InvalidHistoryQueryException}, as all here. */
    public static HistoryQuery first(HistoryTime time, HistoryFilter filter, int limit) {
        return new HistoryQuery(time, filter, limit, Optional.empty());
    }

    /**
     * The page behind another; its time is that of the page before.
     *
     * @param cursor {@link HistoryPage#nextCursor()}
     */
    public static HistoryQuery next(String cursor, HistoryFilter filter, int limit) {
        HistoryCursor after = HistoryCursor.decode(cursor, filter);
        return new HistoryQuery(after.time(), filter, limit, Optional.of(after));
    }

    /** {@link #first} or, with a cursor, {@link #next}. */
    public static HistoryQuery of(HistoryTime time, HistoryFilter filter, int limit, @Nullable String cursor) {
        return cursor == null ? first(time, filter, limit) : next(cursor, filter, limit);
    }

    public HistoryTime time() {
        return time;
    }

    public HistoryFilter filter() {
        return filter;
    }

    public int limit() {
        return limit;
    }

    Optional<HistoryCursor> after() {
        return after;
    }

    /** The time that can still hold rows: days later than the cursor's are not looked at again. */
    HistoryTime timeLeft() {
        return after.map(cursor -> new HistoryTime(time.from(), cursor.endedAt().plus(1, ChronoUnit.MICROS)))
                .orElse(time);
    }
}
