package io.penstock.worker.diagnostics;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Ping;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Proves that jobs get through. */
@ApplicationScoped
class PingHandler implements JobHandler<Ping> {

    @Override
    public JobType<Ping> type() {
        return DiagnosticsJobs.PING;
    }

    @Override
    public Uni<Outcome> handle(Ping payload, JobContext context) {
        return Uni.createFrom().item(Outcome.completed("pong"));
    }
}
