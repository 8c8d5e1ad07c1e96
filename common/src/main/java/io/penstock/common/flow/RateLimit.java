package io.penstock.common.flow;

import java.time.Duration;

/**
 * So many permits per period, across every process that shares the store.
 *
 * <p>Permits are spaced evenly: one becomes due each {@link #intervalMicros()}. Up to {@code burst} of them may be taken at
 * once after a pause. The interval is stretched a little for bursts, so that no window of one period, wherever it
 * starts, ever holds more than {@code permits}.
 *
 * @param permits 1 or more
 * @param per the period
 * @param burst 1 to {@code permits}; 1: strictly evenly
 */
public record RateLimit(int permits, Duration per, int burst) {

    public RateLimit {
        if (permits < 1 || per.isZero() || per.isNegative()) {
            throw new IllegalArgumentException("a rate limit needs at least 1 permit in a positive period");
        }
        if (burst < 1 || burst > permits) {
            throw new IllegalArgumentException("burst must be between 1 and the number of permits");
        }
    }

    /** Microseconds between two permits. */
    public long intervalMicros() {
        return Math.max(1, per.toNanos() / 1000 / (permits - burst + 1));
    }
}
