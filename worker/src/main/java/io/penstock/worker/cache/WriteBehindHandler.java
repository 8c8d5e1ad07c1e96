package io.penstock.worker.cache;

import io.penstock.common.cache.CacheBackground;
import io.penstock.common.cache.CacheJobs;
import io.penstock.common.cache.WriteBehind;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Writes to the database what the cache has already; see {@link CacheBackground#writeBehind}. */
@ApplicationScoped
class WriteBehindHandler implements JobHandler<WriteBehind> {

    /** What a run did. */
    record Report(boolean written) {}

    private final CacheBackground background;

    @Inject
    WriteBehindHandler(CacheBackground background) {
        this.background = background;
    }

    @Override
    public JobType<WriteBehind> type() {
        return CacheJobs.WRITE_BEHIND;
    }

    @Override
    public Uni<Outcome> handle(WriteBehind payload, JobContext context) {
        return background.write(payload).map(done -> Outcome.completed(new Report(done)));
    }
}
