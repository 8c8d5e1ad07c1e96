package io.penstock.common.event;

import io.penstock.common.job.FailureKind;
import io.penstock.common.queue.ClaimedJob;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One thing that happened, see the table of this package. */
public sealed interface JobEvent {

    String queue();

    /**
     * A job ended well.
     *
     * @param waited from ready to start
     * @param ran from start to the handler's end
     * @param result JSON text, or null
     */
    record Completed(String queue, ClaimedJob job, Duration waited, Duration ran, @Nullable String result)
            implements JobEvent {}

    /** An attempt failed; the next starts after {@code delay}. */
    record AttemptFailed(String queue, ClaimedJob job, Duration ran, Duration delay, String error, FailureKind kind)
            implements JobEvent {}

    /** The job was put off for {@code delay} without using an attempt. */
    record Snoozed(String queue, ClaimedJob job, Duration ran, Duration delay, String why) implements JobEvent {}

    /** The job was given up. */
    record Died(String queue, ClaimedJob job, Duration ran, String reason, FailureKind kind) implements JobEvent {}

    /** The job was not started in time and was dropped. */
    record Expired(String queue, ClaimedJob job) implements JobEvent {}

    /**
     * A running job was called off.
     *
     * @param acknowledged true when its handler stopped by itself, false when it had to be cut off
     */
    record Cancelled(String queue, ClaimedJob job, Duration ran, boolean acknowledged) implements JobEvent {}

    /** The lease was lost: another worker has the job, and what this one did is not recorded. */
    record LeaseLost(String queue, ClaimedJob job) implements JobEvent {}

    /** So many progress reports and log lines of running jobs were not kept: too many at once, or Redis was away. */
    record ProgressDropped(String queue, int count) implements JobEvent {}

    /** Jobs whose worker was lost went back to the queue, or to the dead jobs. */
    record Rescued(String queue, int returned, int buried) implements JobEvent {}
}
