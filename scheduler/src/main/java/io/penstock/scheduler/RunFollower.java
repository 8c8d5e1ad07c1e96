package io.penstock.scheduler;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.schedule.ExecutionStatus;
import io.penstock.common.schedule.RunEnd;
import io.penstock.common.schedule.TaskExecutionStore;
import io.penstock.common.schedule.TaskExecutionStore.Followed;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows each run to the end of its job, so that the log tells what became of the work and not only of the enqueue.
 * Asks the queue, a bounded number of jobs at a time: a flood of runs is followed late, never at the cost of the tick.
 */
@ApplicationScoped
public class RunFollower {

    private static final int BATCH = 200;
    private static final int LOOK_UPS_AT_ONCE = 16;
    /** How a worker words the end of an attempt that took too long. */
    private static final String TIMED_OUT = "timed out";

    private static final String NO_RECORD = "\"ended; the queue kept no record of how\"";

    private final TaskExecutionStore executions;
    private final ScheduleClock clock;
    private final JobQueue queue;

    public RunFollower(TaskExecutionStore executions, ScheduleClock clock, JobQueue queue) {
        this.executions = executions;
        this.clock = clock;
        this.queue = queue;
    }

    /** Looks at the runs that are due for it; true where there may be more. */
    Uni<Boolean> runOnce() {
        return clock.now().chain(now -> executions
                .follow(now, BATCH)
                .call(runs -> ends(runs, now).chain(executions::end))
                .map(runs -> runs.size() == BATCH));
    }

    private Uni<List<RunEnd>> ends(List<Followed> runs, Instant now) {
        return Multi.createFrom()
                .iterable(runs)
                .onItem()
                .transformToUni(run -> queue.find(run.jobId()).map(job -> Optional.ofNullable(end(run, job, now))))
                .merge(LOOK_UPS_AT_ONCE)
                .filter(Optional::isPresent)
                .map(Optional::orElseThrow)
                .collect()
                .asList();
    }

    /** Null while the job goes on. */
    static @Nullable RunEnd end(Followed run, Optional<JobView> found, Instant now) {
        if (found.isEmpty()) {
            return new RunEnd(run.executionId(), ExecutionStatus.COMPLETED, null, now, NO_RECORD, null);
        }
        JobView job = found.get();
        Instant finishedAt = job.finishedAt() == null ? now : job.finishedAt();
        if (job.state() == JobState.COMPLETED) {
            return new RunEnd(
                    run.executionId(), ExecutionStatus.COMPLETED, job.startedAt(), finishedAt, job.result(), null);
        }
        if (job.state() == JobState.DEAD) {
            String error = job.error() == null ? "dead" : job.error();
            ExecutionStatus status = error.startsWith(TIMED_OUT) ? ExecutionStatus.TIMEOUT : ExecutionStatus.FAILED;
            return new RunEnd(run.executionId(), status, job.startedAt(), finishedAt, null, error);
        }
        return null;
    }
}
