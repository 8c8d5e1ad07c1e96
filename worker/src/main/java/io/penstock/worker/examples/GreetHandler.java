package io.penstock.worker.examples;

import io.penstock.common.examples.ExampleJobs;
import io.penstock.common.examples.Greet;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** A reactive handler: it is called on an event loop and must not block there. */
@ApplicationScoped
class GreetHandler implements JobHandler<Greet> {

    @Override
    public JobType<Greet> type() {
        return ExampleJobs.GREET;
    }

    @Override
    public Uni<Outcome> handle(Greet greet, JobContext job) {
        String family = greet.family();
        String name = family == null || family.isEmpty() ? greet.given() : greet.given() + " " + family;
        job.log("greeting " + name);
        return Uni.createFrom().item(Outcome.completed("Hello, " + name));
    }
}
