package io.penstock.worker.examples;

import io.penstock.common.examples.Count;
import io.penstock.common.examples.ExampleJobs;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * A chunked handler: it does one part and enqueues the next, so that a long work is many short jobs, each retried by
 * itself. The next job has an explicit id: when this one is run again after it was already enqueued, and while that one
 * lives, nothing is added.
 */
@ApplicationScoped
class CountHandler implements JobHandler<Count> {

    private final JobEnqueuer jobs;

    @Inject
    CountHandler(JobEnqueuer jobs) {
        this.jobs = jobs;
    }

    @Override
    public JobType<Count> type() {
        return ExampleJobs.COUNT;
    }

    @Override
    public Uni<Outcome> handle(Count count, JobContext job) {
        long end = Math.min(count.to(), count.from() + count.chunk());
        job.progress(end, count.to());
        if (end >= count.to()) {
            return Uni.createFrom().item(Outcome.completed(count.to()));
        }
        Count next = new Count(count.run(), end, count.to(), count.chunk());
        JobOptions once = JobOptions.DEFAULT.withId("count-" + count.run() + "-" + end);
        return jobs.enqueue(ExampleJobs.COUNT, next, once).replaceWith(Outcome.completed(end));
    }
}
