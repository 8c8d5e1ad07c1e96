package io.penstock.common.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt ended, as the handler sees it. An expected result is a value of this type; an exception is a
 * surprise and counts as a failed attempt. Reasons and delays are checked where an outcome is made: a missing reason, or a
 * delay that is null, negative or over 366 days, is an {@link IllegalArgumentException}.
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
            HandlerArguments.require(followUps, "the list of follow-ups");
            followUps.forEach(next -> HandlerArguments.require(next, "a follow-up"));
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

    /** The attempt failed and is used up; {@code delay} null: as the retry policy says, otherwise 0 to 366 days. */
    record RetryLater(@Nullable Duration delay, String why) implements Outcome {

        public RetryLater {
            if (delay != null) {
                HandlerArguments.requireDelay(delay, "the delay of a retry");
            }
            HandlerArguments.require(why, "the reason of a retry");
        }

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.retryLater(this);
        }
    }

    /**
     * Not now: try again after {@code delay}, 0 to 366 days; no attempt is used up.
     *
     * @param pausesGroup no job of this one's group starts for as long, at most {@link #MAX_GROUP_PAUSE}: whatever refused it
     *     would refuse them, too
     */
    record Snooze(Duration delay, String why, boolean pausesGroup) implements Outcome {

        /** A pause that is longer than anybody would remember belongs into the producer. */
        public static final Duration MAX_GROUP_PAUSE = Duration.ofDays(31);

        public Snooze(Duration delay, String why) {
            this(delay, why, false);
        }

        public Snooze {
            HandlerArguments.requireDelay(delay, "the delay of a snooze");
            HandlerArguments.require(why, "the reason of a snooze");
            if (pausesGroup) {
                HandlerArguments.requireGroupPause(delay);
            }
        }

        /** The same, for the whole group of the job; a job without a group is put off alone. */
        public Snooze pausingGroup() {
            return new Snooze(delay, why, true);
        }

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.snooze(this);
        }
    }

    /** Failed for good: straight to the dead jobs. */
    record Fail(String why) implements Outcome {

        public Fail {
            HandlerArguments.require(why, "the reason of a failure");
        }

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.fail(this);
        }
    }

    /** The handler stopped because the job was cancelled: it is neither done nor to be tried again. */
    record Cancelled(String why) implements Outcome {

        public Cancelled {
            HandlerArguments.require(why, "the reason of a cancellation");
        }

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
        return new Completed(result, Arrays.asList(followUps));
    }

    static Outcome retryLater(String why) {
        return new RetryLater(null, why);
    }

    static Snooze snooze(Duration delay, String why) {
        return new Snooze(delay, why);
    }

    static Outcome fail(String why) {
        return new Fail(why);
    }

    static Outcome cancelled() {
        return new Cancelled("its handler stopped");
    }
}
