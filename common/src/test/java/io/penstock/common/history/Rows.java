package io.penstock.common.history;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Rows as tests need them: a job of the queue {@code orders} that ended well, and what differs from that. */
final class Rows {

    static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private Rows() {}

    static HistoryRow completed(String jobId, Instant endedAt) {
        return row(jobId, HistoryState.COMPLETED, 1, endedAt, null, null);
    }

    static HistoryRow failed(String jobId, int attempt, Instant endedAt, String error) {
        return row(jobId, HistoryState.FAILED, attempt, endedAt, error, null);
    }

    static HistoryRow row(String jobId, HistoryState state, int attempt, Instant endedAt, String error, String result) {
        return HistoryRow.builder(
                        jobId, "orders", "test.work", state.wire(), endedAt.minus(3, ChronoUnit.SECONDS), endedAt)
                .attempt(attempt)
                .maxAttempts(3)
                .priority(5)
                .startedAt(endedAt.minus(1, ChronoUnit.SECONDS))
                .waitMs(2_000L)
                .runMs(1_000L)
                .worker("w1")
                .error(error)
                .result(result)
                .build();
    }

    static HistoryRow of(HistoryRow row, String queue, String type, String tenant, String... tags) {
        return row.toBuilder()
                .queue(queue)
                .type(type)
                .tenant(tenant)
                .tags(List.of(tags))
                .build();
    }
}
