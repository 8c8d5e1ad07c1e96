package io.penstock.common.queue.redis;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A new job with an id, and where it belongs: what the scripts need to accept it.
 *
 * @param parent the job that waits for it, see {@link JobExtras#parent()}; null: none
 * @param children ids of the jobs that it waits for; empty: it waits for none
 */
record JobPlacement(
        QueuePolicy policy, int partition, String id, NewJob job, @Nullable String parent, List<String> children) {

    static JobPlacement of(QueuePolicies policies, NewJob job, @Nullable String parent) {
        return of(policies, job, parent, null, 0);
    }

    /**
     * A job of a call with an idempotency key.
     *
     * @param binding null: without a key
     * @param position of the job in the call
     */
    static JobPlacement of(
            QueuePolicies policies,
            NewJob job,
            @Nullable String parent,
            @Nullable IdempotencyBinding binding,
            int position) {
        QueuePolicy policy = policies.named(job.queue());
        int partition = policy.partitionKey(job.options())
                .map(name -> JobId.partitionOf(name, policy.partitions()))
                .orElseGet(() -> binding == null
                        ? ThreadLocalRandom.current().nextInt(policy.partitions())
                        : binding.partition(policy.partitions()));
        String id = job.options()
                .id()
                .orElseGet(() -> binding == null
                        ? JobId.random(policy.queue(), partition)
                        : binding.jobId(policy.queue(), partition, position));
        return new JobPlacement(policy, partition, id, job.alone(), parent, List.of());
    }

    JobPlacement withChildren(List<String> ids) {
        return new JobPlacement(policy, partition, id, job, parent, ids);
    }

    String queue() {
        return policy.queue();
    }

    int stream() {
        return Streams.number(policy.laneOf(job.type()), job.options().priority());
    }

    String header() {
        JobExtras own = JobExtras.of(job);
        JobExtras child = parent == null ? own : own.withParent(parent);
        return JobHeader.of(job, id, children.isEmpty() ? child : child.withChildren(children))
                .encode();
    }

    /** The eight arguments of accept-jobs. */
    List<Object> args() {
        JobOptions options = job.options();
        Optional<Uniqueness> unique = options.unique();
        return List.of(
                id,
                stream(),
                options.delay().toMillis(),
                options.timing().startAt().map(Instant::toEpochMilli).orElse(0L),
                unique.map(u -> Long.toString(u.window().toMillis())).orElse(""),
                unique.filter(u -> u.onConflict() == Uniqueness.OnConflict.REPLACE)
                                .isPresent()
                        ? 1
                        : 0,
                header(),
                job.payload());
    }

    /** As {@link #args()}, seen from the partition whose script accepts the job here or sends it. */
    List<Object> argsFrom(String queue, int here) {
        boolean stays = queue.equals(queue()) && here == partition;
        List<Object> args = new ArrayList<>();
        args.add(stays ? "" : queue() + ";" + partition);
        args.addAll(args());
        return args;
    }
}
