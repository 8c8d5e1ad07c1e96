package io.penstock.worker.diagnostics;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Fail;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.BlockingJobHandler;
import io.penstock.worker.run.JobContext;
import jakarta.enterprise.context.ApplicationScoped;

/** Fails as asked: for trying out retries, dead jobs and alerts. */
@ApplicationScoped
class FailHandler implements BlockingJobHandler<Fail> {

    @Override
    public JobType<Fail> type() {
        return DiagnosticsJobs.FAIL;
    }

    @Override
    public Outcome handle(Fail payload, JobContext context) {
        if (payload.unrecoverable()) {
            return Outcome.fail("asked to fail for good");
        }
        if (context.attempt() <= payload.times()) {
            throw new IllegalStateException(
                    "asked to fail " + payload.times() + " times, this is attempt " + context.attempt());
        }
        return Outcome.completed("succeeded on attempt " + context.attempt());
    }
}
