package io.penstock.common.flow;

import java.time.Instant;

/**
 * What one process says of one of its guards.
 *
 * @param calls made since the process has started
 * @param failures of those, the fault of the upstream
 * @param refused calls that were put off: no permit, open, paused, too many at once
 * @param openUntil no call before this; {@link Instant#EPOCH}: the breaker is not open
 * @param pausedUntil no call before this, because the upstream said so; {@link Instant#EPOCH}: it did not
 */
public record GuardReport(
        String guard,
        String process,
        Guard.Breaker breaker,
        long calls,
        long failures,
        long refused,
        Instant openUntil,
        Instant pausedUntil,
        Instant at) {}
