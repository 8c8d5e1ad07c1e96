package io.penstock.bench;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;

/** Does nothing, so that what is measured is the engine. */
class NoOpHandler implements JobHandler<Payload> {

    private final Outcome outcome;

    NoOpHandler() {
        this(Outcome.completed());
    }

    NoOpHandler(Outcome outcome) {
        this.outcome = outcome;
    }

    @Override
    public JobType<Payload> type() {
        return Engine.TYPE;
    }

    @Override
    public Uni<Outcome> handle(Payload payload, JobContext context) {
        return Uni.createFrom().item(outcome);
    }
}
