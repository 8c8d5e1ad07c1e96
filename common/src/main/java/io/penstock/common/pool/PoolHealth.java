package io.penstock.common.pool;

import java.util.Collection;
import java.util.Locale;

/** How a pool is. From best to worst. */
public enum PoolHealth {
    HEALTHY,
    /** More than {@link #WARNING_SHARE} is in use, or more than a tenth of what it did failed. */
    WARNING,
    /** Callers wait, more than {@link #CRITICAL_SHARE} is in use, or it does not answer. */
    CRITICAL;

    public static final double WARNING_SHARE = 0.7;
    public static final double CRITICAL_SHARE = 0.9;
    static final double FAILED_SHARE = 0.1;
    /** Shares of less say nothing. */
    static final long ENOUGH = 20;

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Pure.
     *
     * @param fault what is wrong with its connections; empty: it answers
     */
    public static PoolHealth of(PoolState state, String fault) {
        if (!fault.isEmpty() || state.waiting() > 0 || state.share() > CRITICAL_SHARE) {
            return CRITICAL;
        }
        long all = state.done() + state.failed();
        boolean manyFailed = all >= ENOUGH && state.failed() > FAILED_SHARE * all;
        return state.share() > WARNING_SHARE || manyFailed ? WARNING : HEALTHY;
    }

    /** The worst of all. */
    public static PoolHealth overall(Collection<PoolHealth> all) {
        return all.stream().max(PoolHealth::compareTo).orElse(HEALTHY);
    }
}
