package io.penstock.worker.run;

import io.penstock.common.event.JobEvent;
import io.penstock.common.job.FailureKind;
import io.penstock.common.job.FailureText;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state a job goes to after an attempt, how that is stored, and what is told of it afterwards. {@link JobRunner}
 * decides it from what the handler said, without looking at anything but the job; {@link JobFinisher} stores it.
 */
sealed interface NextStep {

    /** Stores this end of one job; false: the lease was lost. */
    Uni<Boolean> store(QueueConsumer consumer, RunningJob job);

    /** To be fired when the end is stored. */
    JobEvent event(RunningJob job);

    /** With its texts masked. */
    default NextStep masked(UnaryOperator<String> mask) {
        return this;
    }

    /** Ended well; {@code result} null: nothing to tell. Ends of this kind are stored in batches. */
    record Complete(@Nullable String result, List<NewJob> followUps) implements NextStep {

        FinishedJob finished(RunningJob job) {
            return new FinishedJob(job.claimed(), job.startedAt(), job.endedAt(), result, followUps);
        }

        @Override
        public Uni<Boolean> store(QueueConsumer consumer, RunningJob job) {
            return consumer.finish(List.of(finished(job))).map(lost -> lost.isEmpty());
        }

        @Override
        public JobEvent event(RunningJob job) {
            return new JobEvent.Completed(job.queue(), job.claimed(), job.waited(), job.ranFor(), result);
        }
    }

    /** The attempt is used up, the next starts after {@code delay}. */
    record Retry(Duration delay, String error, FailureKind kind) implements NextStep {

        Retry(Duration delay, String error) {
            this(delay, error, FailureKind.ERROR);
        }

        @Override
        public NextStep masked(UnaryOperator<String> mask) {
            return new Retry(delay, mask.apply(error), kind);
        }

        @Override
        public Uni<Boolean> store(QueueConsumer consumer, RunningJob job) {
            return consumer.retryLater(job.claimed(), delay, error, kind);
        }

        @Override
        public JobEvent event(RunningJob job) {
            return new JobEvent.AttemptFailed(job.queue(), job.claimed(), job.ranFor(), delay, error, kind);
        }
    }

    /** No attempt is used up. With {@code pausesGroup} no job of the group starts meanwhile. */
    record Snooze(Duration delay, String why, boolean pausesGroup) implements NextStep {

        Snooze(Duration delay, String why) {
            this(delay, why, false);
        }

        @Override
        public NextStep masked(UnaryOperator<String> mask) {
            return new Snooze(delay, mask.apply(why), pausesGroup);
        }

        @Override
        public Uni<Boolean> store(QueueConsumer consumer, RunningJob job) {
            return pausesGroup
                    ? consumer.snoozeWithGroup(job.claimed(), delay, why)
                    : consumer.snooze(job.claimed(), delay, why);
        }

        @Override
        public JobEvent event(RunningJob job) {
            return new JobEvent.Snoozed(job.queue(), job.claimed(), job.ranFor(), delay, why);
        }
    }

    /** Given up: the job joins the dead ones. */
    record Bury(String reason, FailureKind kind) implements NextStep {

        Bury(String reason) {
            this(reason, FailureKind.ERROR);
        }

        @Override
        public NextStep masked(UnaryOperator<String> mask) {
            return new Bury(mask.apply(reason), kind);
        }

        @Override
        public Uni<Boolean> store(QueueConsumer consumer, RunningJob job) {
            return consumer.bury(job.claimed(), reason, kind);
        }

        @Override
        public JobEvent event(RunningJob job) {
            return new JobEvent.Died(job.queue(), job.claimed(), job.ranFor(), reason, kind);
        }
    }

    /** Neither done nor to be tried again: nobody wants the job any more, or its time is over. */
    record Drop(Dropped how, String why) implements NextStep {

        @Override
        public NextStep masked(UnaryOperator<String> mask) {
            return new Drop(how, mask.apply(why));
        }

        @Override
        public Uni<Boolean> store(QueueConsumer consumer, RunningJob job) {
            return consumer.drop(job.claimed(), how, why);
        }

        @Override
        public JobEvent event(RunningJob job) {
            return how == Dropped.EXPIRED
                    ? new JobEvent.Expired(job.queue(), job.claimed())
                    : new JobEvent.Cancelled(job.queue(), job.claimed(), job.ranFor(), how == Dropped.CANCELLED);
        }
    }

    /**
     * What the handler's answer leads to.
     *
     * @param whenCompleted makes the step of a job that ended well: its result and follow-ups have to be written first
     */
    static NextStep afterOutcome(
            ClaimedJob job,
            Outcome outcome,
            Function<Outcome.Completed, NextStep> whenCompleted,
            RandomGenerator random) {
        return outcome.fold(new Outcome.Cases<>() {
            @Override
            public NextStep completed(Outcome.Completed done) {
                return whenCompleted.apply(done);
            }

            @Override
            public NextStep retryLater(Outcome.RetryLater later) {
                return afterFailedAttempt(job, later.why(), FailureKind.ERROR, later.delay(), random);
            }

            @Override
            public NextStep snooze(Outcome.Snooze snooze) {
                return new Snooze(snooze.delay(), snooze.why(), snooze.pausesGroup());
            }

            @Override
            public NextStep fail(Outcome.Fail fail) {
                return new Bury(fail.why());
            }

            @Override
            public NextStep cancelled(Outcome.Cancelled cancelled) {
                return new Drop(Dropped.CANCELLED, cancelled.why());
            }
        });
    }

    /**
     * What an exception leads to; most count as a failed attempt.
     *
     * @param failure null where a handler failed with none
     */
    static NextStep afterFailure(ClaimedJob job, @Nullable Throwable failure, RandomGenerator random) {
        if (failure instanceof SnoozeException snooze) {
            return new Snooze(snooze.delay(), FailureText.message(snooze), snooze.pausesGroup());
        }
        if (failure instanceof UnrecoverableJobException) {
            return new Bury(FailureText.withStack(failure));
        }
        return afterFailedAttempt(job, FailureText.withStack(failure), FailureKind.ERROR, null, random);
    }

    static NextStep afterTimeout(ClaimedJob job, RandomGenerator random) {
        String error = "timed out after " + job.timeout().toMillis() + " ms";
        return afterFailedAttempt(job, error, FailureKind.TIMEOUT, null, random);
    }

    private static NextStep afterFailedAttempt(
            ClaimedJob job, String error, FailureKind kind, @Nullable Duration delay, RandomGenerator random) {
        if (job.attempt() >= job.maxAttempts()) {
            return new Bury("attempt " + job.attempt() + " of " + job.maxAttempts() + ": " + error, kind);
        }
        return new Retry(delay != null ? delay : job.retry().delayAfter(job.attempt(), random), error, kind);
    }
}
