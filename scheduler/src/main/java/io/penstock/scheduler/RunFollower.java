package io.penstock.scheduler;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobView;
import io.penstock.common.schedule.ExecutionStatus;
import io.penstock.common.schedule.RunOutcome;
import io.penstock.common.schedule.TaskExecutionStore;
import io.penstock.common.schedule.TaskExecutionStore.Followed;
import io.penstock.scheduler.RunStatuses.RunJob;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Follows each run to the end of its job, so that the log tells what became of the work and not only of the enqueue.
 * Asks the queue, a bounded number of jobs at a time: a flood of runs is followed late, never at the cost of the tick.
 */
@ApplicationScoped
public class RunFollower {

    private static final int BATCH = 500;
    /** How a worker words the end of an attempt that took too long. */
    private static final Pattern TIMED_OUT = Pattern.compile("(attempt \\d+ of \\d+: )?timed out after ");

    private static final String NO_RECORD = "\"ended; the queue kept no record of how\"";

    private final TaskExecutionStore executions;
    private final ScheduleClock clock;
    private final RunStatuses statuses;
    private final MisfireAlerts watch;

    public RunFollower(TaskExecutionStore executions, ScheduleClock clock, RunStatuses statuses, MisfireAlerts watch) {
        this.executions = executions;
        this.clock = clock;
        this.statuses = statuses;
        this.watch = watch;
    }

    /** Looks at the runs that are due for it; true where there may be more. */
    Uni<Boolean> runOnce() {
        return clock.now().chain(now -> executions
                .follow(now, BATCH)
                .call(runs -> ends(runs, now).chain(executions::end).call(watch::streaks))
                .map(runs -> runs.size() == BATCH));
    }

    private Uni<List<RunOutcome>> ends(List<Followed> runs, Instant now) {
        return statuses.of(runs.stream()
                        .map(run -> new RunJob(run.jobId(), run.queue()))
                        .toList())
                .map(found -> runs.stream()
                        .filter(run -> !found.live().contains(run.jobId()))
                        .map(run -> end(run, Optional.ofNullable(found.ended().get(run.jobId())), now))
                        .toList());
    }

    /** How a run has ended whose job is the one found, or of which the queue has no record. */
    private static RunOutcome end(Followed run, Optional<JobView> found, Instant now) {
        if (found.isEmpty()) {
            return new RunOutcome(run.executionId(), ExecutionStatus.COMPLETED, null, now, NO_RECORD, null);
        }
        JobView job = found.get();
        Instant finishedAt = job.finishedAt() == null ? now : job.finishedAt();
        if (job.state() == JobState.COMPLETED) {
            return new RunOutcome(
                    run.executionId(), ExecutionStatus.COMPLETED, job.startedAt(), finishedAt, job.result(), null);
        }
        // Dead, cancelled or expired.
        String error = job.error() == null ? job.state().name().toLowerCase(Locale.ROOT) : job.error();
        ExecutionStatus status =
                TIMED_OUT.matcher(error).lookingAt() ? ExecutionStatus.TIMEOUT : ExecutionStatus.FAILED;
        return new RunOutcome(run.executionId(), status, job.startedAt(), finishedAt, null, error);
    }
}
