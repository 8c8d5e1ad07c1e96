package io.penstock.worker.cache;

import io.penstock.common.cache.CacheBackground;
import io.penstock.common.cache.CacheJobs;
import io.penstock.common.cache.WarmUp;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Loads the popular keys of a cache. */
@ApplicationScoped
class WarmUpHandler implements JobHandler<WarmUp> {

    /** What a run did. */
    record Report(int keys) {}

    private final CacheBackground background;

    @Inject
    WarmUpHandler(CacheBackground background) {
        this.background = background;
    }

    @Override
    public JobType<WarmUp> type() {
        return CacheJobs.WARM_UP;
    }

    @Override
    public Uni<Outcome> handle(WarmUp payload, JobContext context) {
        return background.warmUp(payload).map(done -> Outcome.completed(new Report(done)));
    }
}
