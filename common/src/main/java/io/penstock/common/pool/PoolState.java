package io.penstock.common.pool;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * One pool of this process, now.
 *
 * @param pool write, read or analytics
 * @param size connections it may have
 * @param inUse connections that somebody holds
 * @param waiting callers that wait for one
 * @param opened false: nobody has used it since the process started, and it has no connection
 * @param done pieces of work since then that came here by purpose
 * @param diverted reads that went to the pool for writes instead
 * @param meanMillis how long a piece of work took, waiting included
 * @param statementTimeoutMillis 0: none
 */
@RegisterForReflection
public record PoolState(
        String pool,
        int size,
        int inUse,
        int waiting,
        boolean opened,
        long done,
        long failed,
        long diverted,
        double meanMillis,
        long statementTimeoutMillis) {

    public double share() {
        return (double) (inUse + waiting) / size;
    }
}
