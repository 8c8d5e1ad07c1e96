package io.penstock.common.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the job of an instant ended.
 *
 * @param startedAt null where nobody knows; the log then keeps the time of the enqueue
 * @param result JSON text, or null
 */
public record RunOutcome(
        long executionId,
        ExecutionStatus status,
        @Nullable Instant startedAt,
        Instant endedAt,
        @Nullable String result,
        @Nullable String error) {}
