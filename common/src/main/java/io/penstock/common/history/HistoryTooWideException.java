package io.penstock.common.history;

import java.time.Duration;

/** The question is allowed, but there are more rows to look through than the deadline has time for. */
public final class HistoryTooWideException extends RuntimeException {

    public HistoryTooWideException(Duration deadline) {
        super("cannot be answered within " + deadline.toMillis() + " ms; ask for less time or more precisely");
    }
}
