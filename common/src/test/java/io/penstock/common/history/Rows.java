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
        return new HistoryRow(
                jobId,
                "orders",
                "test.work",
                state.wire(),
                attempt,
                3,
                0,
                5,
                null,
                List.of(),
                endedAt.minus(3, ChronoUnit.SECONDS),
                endedAt.minus(1, ChronoUnit.SECONDS),
                endedAt,
                2_000L,
                1_000L,
                "w1",
                null,
                error,
                result,
                null,
                false);
    }

    static HistoryRow of(HistoryRow row, String queue, String type, String tenant, String... tags) {
        return new HistoryRow(
                row.jobId(),
                queue,
                type,
                row.state(),
                row.attempt(),
                row.maxAttempts(),
                row.stalls(),
                row.priority(),
                tenant,
                List.of(tags),
                row.enqueuedAt(),
                row.startedAt(),
                row.endedAt(),
                row.waitMs(),
                row.runMs(),
                row.worker(),
                row.fingerprint(),
                row.error(),
                row.result(),
                row.payload(),
                row.shortened());
    }
}
