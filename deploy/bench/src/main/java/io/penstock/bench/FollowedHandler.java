package io.penstock.bench;

import io.penstock.common.job.FollowUp;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.smallrye.mutiny.Uni;

/** Lets each produced job be followed by a plain one, enqueued in the same step as its end. */
final class FollowedHandler extends NoOpHandler {

    @Override
    public Uni<Outcome> handle(Payload payload, JobContext context) {
        boolean produced = context.jobId().contains("~1~");
        return produced
                ? Uni.createFrom().item(Outcome.completedThen(null, new FollowUp<>(Engine.TYPE, payload)))
                : super.handle(payload, context);
    }
}
