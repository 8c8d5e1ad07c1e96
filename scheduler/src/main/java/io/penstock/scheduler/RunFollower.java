package io.penstock.scheduler;

import io.penstock.common.job.FailureKind;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Follows each run to the end of its job, so that the log tells what became of the work and not only of the enqueue.
 * Asks the queue, a bounded number of jobs at a time: a flood of runs is followed late, never at the cost of the tick.
 */
@ApplicationScoped
public class RunFollower {

    private static final int BATCH = 500;

    private final TaskExecutionStore executions;
    private final ScheduleClock clock;
    private final RunStatuses statuses;
    private final LostRuns lost;
    private final MisfireAlerts watch;

    public RunFollower(
            TaskExecutionStore executions,
            ScheduleClock clock,
            RunStatuses statuses,
            LostRuns lost,
            MisfireAlerts watch) {
        this.executions = executions;
        this.clock = clock;
        this.statuses = statuses;
        this.lost = lost;
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
        return statuses.ofReachable(runs.stream()
                        .map(run -> new RunJob(run.jobId(), run.queue()))
                        .toList())
                .chain(found -> {
                    List<RunOutcome> ended = new ArrayList<>();
                    List<Followed> gone = new ArrayList<>();
                    for (Followed run : runs) {
                        JobView job = found.ended().get(run.jobId());
                        if (job != null) {
                            ended.add(end(run, job, now));
                        } else if (!found.live().contains(run.jobId())) {
                            gone.add(run);
                        }
                    }
                    return lost.ends(gone, now).map(outcomes -> {
                        ended.addAll(outcomes);
                        return ended;
                    });
                });
    }

    private static RunOutcome end(Followed run, JobView job, Instant now) {
        Instant finishedAt = job.finishedAt() == null ? now : job.finishedAt();
        if (job.state() == JobState.COMPLETED) {
            return new RunOutcome(
                    run.executionId(), ExecutionStatus.COMPLETED, job.startedAt(), finishedAt, job.result(), null);
        }
        // Dead, cancelled or expired.
        String error = job.error() == null ? job.state().name().toLowerCase(Locale.ROOT) : job.error();
        return new RunOutcome(run.executionId(), failedAs(job.failureKind()), job.startedAt(), finishedAt, null, error);
    }

    /** @param kind null: not known, or it never ran */
    static ExecutionStatus failedAs(@Nullable FailureKind kind) {
        return kind == FailureKind.TIMEOUT ? ExecutionStatus.TIMEOUT : ExecutionStatus.FAILED;
    }
}
