package io.penstock.worker.run;

import io.penstock.common.job.FollowUp;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueuePolicies;
import java.util.ArrayList;
import java.util.List;

/** Checks and writes the jobs that follow another one, as an enqueue from outside would be. */
final class FollowUps {

    private final PayloadCodec codec;
    private final QueuePolicies policies;

    FollowUps(PayloadCodec codec, QueuePolicies policies) {
        this.codec = codec;
        this.policies = policies;
    }

    /** @throws IllegalArgumentException when one of them could not be enqueued */
    List<NewJob> prepare(List<FollowUp<?>> followUps) {
        if (followUps.isEmpty()) {
            return List.of();
        }
        List<NewJob> jobs = new ArrayList<>(followUps.size());
        for (FollowUp<?> next : followUps) {
            policies.named(next.type().queue()).meetingPlace(next.options());
            jobs.add(new NewJob(
                    next.type().name(),
                    next.type().queue(),
                    codec.encode(next.payload()),
                    next.options(),
                    next.type().timeout()));
        }
        return jobs;
    }
}
