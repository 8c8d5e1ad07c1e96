package io.penstock.worker.offers;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.offers.OfferStatus;
import io.penstock.common.offers.OfferSweeps;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.offers.PlanNext;
import io.penstock.common.offers.SweepRequest;
import io.penstock.common.offers.SweepRound;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Starts a sweep of the next pages of the scheduled round. A job that runs twice takes the same pages twice. */
@ApplicationScoped
class PlanNextHandler implements JobHandler<PlanNext> {

    private final SweepRound round;
    private final OfferSweeps sweeps;

    @Inject
    PlanNextHandler(SweepRound round, OfferSweeps sweeps) {
        this.round = round;
        this.sweeps = sweeps;
    }

    @Override
    public JobType<PlanNext> type() {
        return OffersJobs.PLAN_NEXT;
    }

    @Override
    public Uni<Outcome> handle(PlanNext payload, JobContext context) {
        return round.next(context.jobId(), payload.pages(), payload.maxPages(), OfferStatus.ACTIVE)
                .map(pages -> new SweepRequest(
                        pages.from(), pages.count(), OffersJobs.DEFAULT_CONCURRENCY, OfferStatus.ACTIVE.wire()))
                .chain(sweeps::start)
                .map(Outcome::completed);
    }
}
