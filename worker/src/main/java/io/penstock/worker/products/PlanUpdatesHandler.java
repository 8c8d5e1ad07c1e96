package io.penstock.worker.products;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.PlanUpdates;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.Sweeps;
import io.penstock.common.products.UpdatePlan;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Enqueues an update of each product that is tracked. A job that runs again adds none twice. */
@ApplicationScoped
class PlanUpdatesHandler implements JobHandler<PlanUpdates> {

    /** The result of the job. */
    @RegisterForReflection
    record Report(long products) {}

    private final UpdatePlan plan;

    @Inject
    PlanUpdatesHandler(UpdatePlan plan) {
        this.plan = plan;
    }

    @Override
    public JobType<PlanUpdates> type() {
        return ProductJobs.PLAN_UPDATES;
    }

    @Override
    public Uni<Outcome> handle(PlanUpdates payload, JobContext context) {
        return plan.make(context.jobId(), Sweeps.of(payload.frequency()), payload.priority(), products -> {
                    context.progress(0, products + " products");
                    return !context.isCancelled();
                })
                .map(products -> context.isCancelled() ? Outcome.cancelled() : Outcome.completed(new Report(products)));
    }
}
