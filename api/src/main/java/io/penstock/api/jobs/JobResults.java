package io.penstock.api.jobs;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobReports;
import io.penstock.common.queue.JobSaid;
import io.penstock.common.queue.JobView;
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
    private final JobReports reports;
    private final Waiters waiters;
    private final Duration lookEvery;

    @Inject
    JobResults(JobQueue queue, JobReports reports, Waiters waiters, ResultConfig config) {
        this.queue = queue;
        this.reports = reports;
        this.waiters = waiters;
        this.lookEvery = config.lookEvery();
    }

    /** How the job has ended, or where it is when {@code wait} is over. */
    Uni<JobEnding> await(String jobId, Duration wait) {
        return look(jobId)
                .chain(now -> now.isOpen() && !wait.isZero()
                        ? waitFor(jobId, now, wait)
                        : Uni.createFrom().item(now));
    }

    private Uni<JobEnding> waitFor(String jobId, JobEnding before, Duration wait) {
        return waiters.register(jobId)
                .map(waiter -> {
                    long end = System.nanoTime() + wait.toNanos();
                    // Once more, now that no end can be missed.
                    return look(jobId)
                            .chain(now -> goOn(jobId, waiter, now, end))
                            .eventually(waiter::close);
                })
                .orElseGet(() -> Uni.createFrom().item(before));
    }

    private Uni<JobEnding> goOn(String jobId, Waiters.Waiter waiter, JobEnding now, long end) {
        long left = end - System.nanoTime();
        if (!now.isOpen() || left <= 0 || waiters.isStopping()) {
            return Uni.createFrom().item(now);
        }
        Duration most = Duration.ofNanos(Math.min(left, lookEvery.toNanos()));
        return waiter.news(most)
                .chain(how -> look(jobId).map(seen -> how.map(state -> seen.state() == null
                                // Its record is not kept; that it has ended, and how, was heard.
                                ? new JobEnding(state, now.type(), null, null)
                                : seen)
                        .orElse(seen)))
                .chain(seen -> goOn(jobId, waiter, seen, end));
    }

    private Uni<JobEnding> look(String jobId) {
        return queue.find(jobId).chain(found -> {
            JobView job = found.orElse(null);
            if (job != null && (!job.state().hasEnded() || job.state() == JobState.DEAD)) {
                return Uni.createFrom().item(new JobEnding(job.state(), job.type(), null, job.error()));
            }
            return reports.find(jobId).map(said -> ending(job, said));
        });
    }

    private static JobEnding ending(@Nullable JobView job, JobSaid said) {
        JobSaid.End end = said.end();
        if (end != null && (job == null || !isOlder(end.at(), job.enqueuedAt()))) {
            return new JobEnding(end.state(), end.type(), end.result(), end.reason());
        }
        return job == null ? JobEnding.UNKNOWN : new JobEnding(job.state(), job.type(), job.result(), job.error());
    }

    /** An explicit id may have been used before. */
    static boolean isOlder(Instant said, @Nullable Instant enqueuedAt) {
        return enqueuedAt != null && said.isBefore(enqueuedAt);
    }
}
