package io.penstock.worker.run;

import io.penstock.common.job.FollowUp;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.PayloadTooLargeException;
import io.penstock.common.queue.QueuePolicies;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks and writes the jobs that follow another one, as an enqueue from outside would be. */
final class FollowUps {

    private final PayloadCodec codec;
    private final QueuePolicies policies;
    private final InstantSource clock = InstantSource.system();

    FollowUps(PayloadCodec codec, QueuePolicies policies) {
        this.codec = codec;
        this.policies = policies;
    }

    /**
     * @param trace of the job that they follow; null: it is in none
     * @throws IllegalArgumentException when one of them could not be enqueued
     */
    List<NewJob> prepare(List<FollowUp<?>> followUps, @Nullable String trace) {
        if (followUps.isEmpty()) {
            return List.of();
        }
        List<NewJob> jobs = new ArrayList<>(followUps.size());
        for (FollowUp<?> next : followUps) {
            policies.named(next.type().queue()).partitionKey(next.options());
            next.options().timing().checkAgainst(clock.instant());
            jobs.add(NewJob.alone(next.type(), encoded(next), next.options()).tracedBy(trace));
        }
        return jobs;
    }

    private String encoded(FollowUp<?> next) {
        try {
            return codec.encode(next.type(), next.payload());
        } catch (PayloadTooLargeException e) {
            throw new InvalidJobException("payload", String.valueOf(e.getMessage()));
        }
    }
}
