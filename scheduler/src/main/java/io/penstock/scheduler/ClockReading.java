package io.penstock.scheduler;

import java.time.Duration;
import java.time.Instant;

/**
 * A reading of the schedule clock that goes on by itself, so that one tick asks the database once. It goes on by the
 * monotonic clock: a process that was stopped for a minute knows that a minute has passed.
 */
record ClockReading(Instant read, long nanoTime) {

    static ClockReading of(Instant read) {
        return new ClockReading(read, System.nanoTime());
    }

    Instant now() {
        return read.plus(age());
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }
}
