package io.penstock.common.job;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt ended, as the handler sees it. An expected result is a value of this type; an exception is a
 * surprise and counts as a failed attempt.
 */
public sealed interface Outcome {

    /**
     * Done.
     *
     * @param result kept as JSON where the job asks for it or the queue retains completed jobs; null: nothing to tell
     * @param followUps jobs to be enqueued in the same step, at most {@link #MAX_FOLLOW_UPS}
     */
    record Completed(@Nullable Object result, List<FollowUp<?>> followUps) implements Outcome {

        /** The step is one script; more would hold the store up. A job that has more to start starts one that does. */
        public static final int MAX_FOLLOW_UPS = 100;

        public Completed {
            followUps = List.copyOf(followUps);
            if (followUps.size() > MAX_FOLLOW_UPS) {
                throw new IllegalArgumentException("a job may be followed by at most " + MAX_FOLLOW_UPS + " others");
            }
        }

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.completed(this);
        }
    }

    /** The attempt failed and is used up; {@code delay} null: as the retry policy says. */
    record RetryLater(@Nullable Duration delay, String why) implements Outcome {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.retryLater(this);
        }
    }

    /** Not now: try again after {@code delay}; no attempt is used up. */
    record Snooze(Duration delay, String why) implements Outcome {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.snooze(this);
        }
    }

    /** Failed for good: straight to the dead jobs. */
    record Fail(String why) implements Outcome {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.fail(this);
        }
    }

    /** The handler stopped because the job was cancelled: it is neither done nor to be tried again. */
    record Cancelled(String why) implements Outcome {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.cancelled(this);
        }
    }

    <R> R fold(Cases<R> cases);

    /** One branch per outcome, so that a new outcome cannot be forgotten anywhere. */
    interface Cases<R> {
        R completed(Completed outcome);

        R retryLater(RetryLater outcome);

        R snooze(Snooze outcome);

        R fail(Fail outcome);

        R cancelled(Cancelled outcome);
    }

    static Outcome completed() {
        return new Completed(null, List.of());
    }

    static Outcome completed(Object result) {
        return new Completed(result, List.of());
    }

    /** Done, and these jobs follow. */
    static Outcome completedThen(@Nullable Object result, FollowUp<?>... followUps) {
        return new Completed(result, List.of(followUps));
    }

    static Outcome retryLater(String why) {
        return new RetryLater(null, why);
    }

    static Outcome snooze(Duration delay, String why) {
        return new Snooze(delay, why);
    }

    static Outcome fail(String why) {
        return new Fail(why);
    }

    static Outcome cancelled() {
        return new Cancelled("its handler stopped");
    }
}
