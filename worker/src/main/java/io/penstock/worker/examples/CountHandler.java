package io.penstock.worker.examples;

import io.penstock.common.examples.Count;
import io.penstock.common.examples.ExampleJobs;
import io.penstock.common.job.FollowUp;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * A chunked handler: it does one part and is followed by the next, so that a long work is many short jobs, each retried
 * by itself. A part's end and the next part's beginning are one step: no part is lost or begun twice between them.
 */
@ApplicationScoped
class CountHandler implements JobHandler<Count> {

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
        return Uni.createFrom().item(Outcome.completedThen(end, new FollowUp<>(ExampleJobs.COUNT, next)));
    }
}
