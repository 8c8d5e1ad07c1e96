package io.penstock.worker.cache;

import io.penstock.common.cache.CacheBackground;
import io.penstock.common.cache.CacheJobs;
import io.penstock.common.cache.CleanUpCache;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Removes the entries that a pattern matches, from every tier of every process. */
@ApplicationScoped
class CleanUpCacheHandler implements JobHandler<CleanUpCache> {

    /** What a run did. */
    record Report(long removed) {}

    private final CacheBackground background;

    @Inject
    CleanUpCacheHandler(CacheBackground background) {
        this.background = background;
    }

    @Override
    public JobType<CleanUpCache> type() {
        return CacheJobs.CLEAN_UP;
    }

    @Override
    public Uni<Outcome> handle(CleanUpCache payload, JobContext context) {
        return background.cleanUp(payload).map(done -> Outcome.completed(new Report(done)));
    }
}
