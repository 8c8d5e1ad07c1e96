package io.penstock.worker.run;

import io.penstock.common.job.Outcome;
import io.smallrye.mutiny.Uni;
import java.util.List;

/**
 * Does the work of a job type whose items are gathered, see {@link io.penstock.common.job.JobType#gather}: all items of one job at once.
 * The outcome is that of the job. As every handler it must be idempotent: a job that lost its worker runs again, with the same items.
 */
public interface GatheredJobHandler<P> extends JobHandler<P> {

    /** Called on an event loop: must not block. The items are in the order in which they were accepted. */
    Uni<Outcome> handleAll(List<P> items, JobContext context);

    /** An item that came alone. */
    @Override
    default Uni<Outcome> handle(P item, JobContext context) {
        return handleAll(List.of(item), context);
    }
}
