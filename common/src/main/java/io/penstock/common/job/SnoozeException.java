package io.penstock.common.job;

import java.time.Duration;

/**
 * Thrown from a handler, usually by a guard, when the work cannot be done right now through no fault of the job: no
 * token left, breaker open, upstream says "later". The job is tried again after the delay and uses up no attempt.
 */
public final class SnoozeException extends RuntimeException {

    private final Duration delay;
    private final String reason;
    private final boolean pausesGroup;

    /**
     * @param delay 0 to 366 days
     * @throws IllegalArgumentException when an argument is null or the delay is out of bounds
     */
    public SnoozeException(Duration delay, String reason) {
        this(delay, reason, false);
    }

    private SnoozeException(Duration delay, String reason, boolean pausesGroup) {
        super(reason, null, false, false);
        HandlerArguments.requireDelay(delay, "the delay of a job that is put off");
        HandlerArguments.require(reason, "the reason why a job is put off");
        if (pausesGroup) {
            HandlerArguments.requireGroupPause(delay);
        }
        this.delay = delay;
        this.reason = reason;
        this.pausesGroup = pausesGroup;
    }

    /** The same, for the whole group of the job: see {@link Outcome.Snooze#pausingGroup()}. */
    public SnoozeException pausingGroup() {
        return new SnoozeException(delay, reason, true);
    }

    public boolean pausesGroup() {
        return pausesGroup;
    }

    public Duration delay() {
        return delay;
    }
}
