package io.penstock.worker.run;

import io.penstock.common.job.FollowUp;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.queue.ClaimedJob;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What becomes of a job after an attempt. Decided without looking at anything but the job and how the attempt ended. */
sealed interface NextStep {

    /** Ended well; {@code result} null: nothing to tell. */
    record Done(@Nullable Object result, List<FollowUp<?>> followUps) implements NextStep {
        @Override
        public void apply(Cases cases) {
            cases.done(this);
        }
    }

    /** The attempt is used up, the next starts after {@code delay}. */
    record Retry(Duration delay, String error) implements NextStep {
        @Override
        public void apply(Cases cases) {
            cases.retry(this);
        }
    }

    /** No attempt is used up. */
    record Snooze(Duration delay, String why) implements NextStep {
        @Override
        public void apply(Cases cases) {
            cases.snooze(this);
        }
    }

    /** Given up. */
    record Bury(String reason) implements NextStep {
        @Override
        public void apply(Cases cases) {
            cases.bury(this);
        }
    }

    /**
     * Called off: neither done nor to be tried again.
     *
     * @param acknowledged false where the handler had to be cut off
     */
    record Cancelled(boolean acknowledged, String why) implements NextStep {
        @Override
        public void apply(Cases cases) {
            cases.cancelled(this);
        }
    }

    /** Calls the branch of this step. */
    void apply(Cases cases);

    /** One branch per step, so that a new step cannot be forgotten anywhere. */
    interface Cases {
        void done(Done step);

        void retry(Retry step);

        void snooze(Snooze step);

        void bury(Bury step);

        void cancelled(Cancelled step);
    }

    static NextStep afterOutcome(ClaimedJob job, Outcome outcome, RandomGenerator random) {
        return outcome.fold(new Outcome.Cases<>() {
            @Override
            public NextStep completed(Outcome.Completed done) {
                return new Done(done.result(), done.followUps());
            }

            @Override
            public NextStep retryLater(Outcome.RetryLater later) {
                return afterFailedAttempt(job, later.why(), later.delay(), random);
            }

            @Override
            public NextStep snooze(Outcome.Snooze snooze) {
                return new Snooze(snooze.delay(), snooze.why());
            }

            @Override
            public NextStep fail(Outcome.Fail fail) {
                return new Bury(fail.why());
            }

            @Override
            public NextStep cancelled(Outcome.Cancelled cancelled) {
                return new Cancelled(true, cancelled.why());
            }
        });
    }

    static NextStep afterFailure(ClaimedJob job, Throwable failure, RandomGenerator random) {
        if (failure instanceof SnoozeException snooze) {
            return new Snooze(snooze.delay(), String.valueOf(snooze.getMessage()));
        }
        if (failure instanceof UnrecoverableJobException) {
            return new Bury(describe(failure));
        }
        return afterFailedAttempt(job, describe(failure), null, random);
    }

    static NextStep afterFailedAttempt(ClaimedJob job, String error, @Nullable Duration delay, RandomGenerator random) {
        if (job.attempt() >= job.maxAttempts()) {
            return new Bury("attempt " + job.attempt() + " of " + job.maxAttempts() + ": " + error);
        }
        return new Retry(delay != null ? delay : job.retry().delayAfter(job.attempt(), random), error);
    }

    /** Message first, stack after it: the first line is what lists show. */
    private static String describe(Throwable failure) {
        StringWriter text = new StringWriter();
        String message = failure.getMessage();
        text.append(message == null || message.isBlank() ? failure.getClass().getSimpleName() : message)
                .append('\n');
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
