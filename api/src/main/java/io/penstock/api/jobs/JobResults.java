package io.penstock.api.jobs;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobOutput;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.ProgressStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how jobs end, and waits for it. Where a job is comes from the queue; what became of one that has left it,
 * from what jobs said, if they asked for that to be kept.
 */
@ApplicationScoped
class JobResults {

    private final JobQueue queue;
    private final ProgressStore progressStore;
    private final ResultSubscribers subscribers;
    private final Duration pollInterval;

    @Inject
    JobResults(JobQueue queue, ProgressStore progressStore, ResultSubscribers subscribers, ResultConfig config) {
        this.queue = queue;
        this.progressStore = progressStore;
        this.subscribers = subscribers;
        this.pollInterval = config.pollInterval();
    }

    /** How the job has ended, or where it is when {@code wait} is over. */
    Uni<JobResultState> await(String jobId, Duration wait) {
        return look(jobId)
                .chain(now -> now.isOpen() && !wait.isZero()
                        ? waitFor(jobId, now, wait)
                        : Uni.createFrom().item(now));
    }

    private Uni<JobResultState> waitFor(String jobId, JobResultState before, Duration wait) {
        return subscribers
                .register(jobId)
                .map(waiter -> {
                    long end = System.nanoTime() + wait.toNanos();
                    // Once more, now that no end can be missed.
                    return look(jobId)
                            .chain(now -> goOn(jobId, waiter, now, end))
                            .eventually(waiter::close);
                })
                .orElseGet(() -> Uni.createFrom().item(before));
    }

    private Uni<JobResultState> goOn(String jobId, ResultSubscribers.Waiter waiter, JobResultState now, long end) {
        long left = end - System.nanoTime();
        if (!now.isOpen() || left <= 0 || subscribers.isStopping()) {
            return Uni.createFrom().item(now);
        }
        Duration most = Duration.ofNanos(Math.min(left, pollInterval.toNanos()));
        return waiter.news(most)
                .chain(how -> look(jobId).map(seen -> how.map(state -> seen.state() == null
                                // Its record is not kept; that it has ended, and how, was heard.
                                ? new JobResultState(state, now.type(), null, null)
                                : seen)
                        .orElse(seen)))
                .chain(seen -> goOn(jobId, waiter, seen, end));
    }

    private Uni<JobResultState> look(String jobId) {
        return queue.find(jobId).chain(found -> {
            JobView job = found.orElse(null);
            if (job != null && (!job.state().hasEnded() || job.state() == JobState.DEAD)) {
                return Uni.createFrom().item(new JobResultState(job.state(), job.type(), null, job.error()));
            }
            return progressStore.find(jobId).map(said -> ending(job, said));
        });
    }

    private static JobResultState ending(@Nullable JobView job, JobOutput said) {
        JobOutput.End end = said.end();
        if (end != null && (job == null || !isOlder(end.at(), job.enqueuedAt()))) {
            return new JobResultState(end.state(), end.type(), end.result(), end.reason());
        }
        return job == null
                ? JobResultState.UNKNOWN
                : new JobResultState(job.state(), job.type(), job.result(), job.error());
    }

    /** An explicit id may have been used before. */
    static boolean isOlder(Instant said, @Nullable Instant enqueuedAt) {
        return enqueuedAt != null && said.isBefore(enqueuedAt);
    }
}
