package io.penstock.common.history;

import java.time.Instant;

/** Where a page of the history ended: the next one begins behind it. */
public record HistoryPlace(Instant endedAt, String jobId, int attempt, String state) {

    public static HistoryPlace of(HistoryRow row) {
        return new HistoryPlace(row.endedAt(), row.jobId(), row.attempt(), row.state());
    }
}
