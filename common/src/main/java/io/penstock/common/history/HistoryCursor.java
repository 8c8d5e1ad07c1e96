package io.penstock.common.history;

import io.penstock.common.page.InvalidCursorException;
import io.penstock.common.page.PageCursor;
import java.time.Instant;

/**
 * The place behind the last row of a page, and the time it belongs to: the next page sees the same time, however long after, and rows
 * that arrive meanwhile neither shift it nor appear twice.
 */
record HistoryCursor(HistoryTime time, Instant endedAt, int attempt, String state, String jobId) {

    private static final String LIST = "history";

    static HistoryCursor behind(HistoryRow row, HistoryTime time) {
        return new HistoryCursor(time, row.endedAt(), row.attempt(), row.state(), row.jobId());
    }

    String encode(HistoryFilter filter) {
        return PageCursor.of(time.from(), time.to(), endedAt, attempt, state, jobId)
                .encode(LIST, filter);
    }

    /** Fails with {@link InvalidHistoryQueryException} on anything that {@link #encode} did not write for this filter. */
    static HistoryCursor decode(String cursor, HistoryFilter filter) {
        try {
            PageCursor place = PageCursor.decode(cursor, LIST, filter);
            HistoryTime time = new HistoryTime(place.time(0), place.time(1));
            HistoryCursor decoded = new HistoryCursor(
                    time, place.time(2), Math.toIntExact(place.number(3)), place.text(4), place.text(5));
            if (decoded.endedAt.isBefore(time.from()) || !decoded.endedAt.isBefore(time.to())) {
                throw InvalidCursorException.notOurs();
            }
            return decoded;
        } catch (InvalidCursorException e) {
            throw new InvalidHistoryQueryException("cursor", e.reason());
        } catch (InvalidHistoryQueryException | ArithmeticException e) {
            throw new InvalidHistoryQueryException(
                    "cursor", InvalidCursorException.notOurs().reason());
        }
    }
}
