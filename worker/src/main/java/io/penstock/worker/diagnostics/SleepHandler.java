package io.penstock.worker.diagnostics;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Sleep;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Occupies a slot without occupying a thread. */
@ApplicationScoped
class SleepHandler implements JobHandler<Sleep> {

    @Override
    public JobType<Sleep> type() {
        return DiagnosticsJobs.SLEEP;
    }

    @Override
    public Uni<Outcome> handle(Sleep payload, JobContext context) {
        Uni<Outcome> done = Uni.createFrom().item(Outcome.completed());
        return payload.ms() == 0 ? done : done.onItem().delayIt().by(Duration.ofMillis(payload.ms()));
    }
}
