package io.penstock.common.monitor;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * One pool over some time, of all processes together.
 *
 * @param processes that used it
 * @param size connections that one process may have
 * @param peak the most that one process used at once, callers that waited included
 * @param peakShare that, as a share of the size
 * @param diverted reads that went to the pool for writes
 * @param meanMillis of a piece of work that came by purpose
 */
@RegisterForReflection
public record PoolPeriod(
        String pool,
        long processes,
        int size,
        int peak,
        double peakShare,
        long done,
        long failed,
        long diverted,
        double meanMillis,
        long longestMillis) {}
