package io.penstock.common.job;

import java.time.Duration;

/**
 * Thrown from a handler, usually by a guard, when the work cannot be done right now through no fault of the job: no
 * token left, breaker open, upstream says "later". The job is tried again after the delay and uses up no attempt.
 */
public final class SnoozeException extends RuntimeException {

    private final Duration delay;

    /**
     * @param delay 0 to 366 days
     * @throws IllegalArgumentException when an argument is null or the delay is out of bounds
     */
    public SnoozeException(Duration delay, String reason) {
        super(reason, null, false, false);
        HandlerArguments.requireDelay(delay, "the delay of a job that is put off");
        HandlerArguments.require(reason, "the reason why a job is put off");
        this.delay = delay;
    }

    public Duration delay() {
        return delay;
    }
}
