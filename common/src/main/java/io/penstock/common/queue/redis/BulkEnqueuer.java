package io.penstock.common.queue.redis;

import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.IdempotentCall;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues many jobs at once, partition by partition: plain ones in one transaction, others (an explicit id, a delay, a
 * uniqueness key, a group) through one script.
 */
final class BulkEnqueuer {

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final QueueStreams streams;
    private final Duration deadline;
    private final Duration keyRetention;
    private final PlainBulks plainBulks;

    BulkEnqueuer(
            RedisRouter link, QueuePolicies policies, QueueStreams streams, Duration deadline, Duration keyRetention) {
        this.link = link;
        this.policies = policies;
        this.streams = streams;
        this.deadline = deadline;
        this.keyRetention = keyRetention;
        this.plainBulks = new PlainBulks(link, deadline);
    }

    RedisRouter link() {
        return link;
    }

    Duration deadline() {
        return deadline;
    }

    PlainBulks plainBulks() {
        return plainBulks;
    }

    Uni<List<Enqueued>> enqueueAll(List<NewJob> jobs) {
        return RedisResults.uni(() -> {
            Enqueued[] answers = new Enqueued[jobs.size()];
            List<Future<?>> calls = new ArrayList<>();
            byPartition(jobs, null).forEach((unused, bulk) -> calls.add(bulk.run(answers)));
            return RedisResults.all(calls).map(done -> List.of(answers));
        });
    }

    Uni<List<Enqueued>> enqueueOnce(List<NewJob> jobs, Duration retention) {
        return RedisResults.uni(() -> {
            Enqueued[] answers = new Enqueued[jobs.size()];
            List<Future<?>> calls = new ArrayList<>();
            byPartition(jobs, null).forEach((unused, bulk) -> calls.add(bulk.runOnce(retention, answers)));
            return RedisResults.all(calls).map(done -> List.of(answers));
        });
    }

    Uni<List<Enqueued>> enqueueAll(List<NewJob> jobs, IdempotentCall call) {
        return RedisResults.uni(() -> {
            // Refuses jobs that fit no partition before the key is bound to them.
            jobs.forEach(job -> Gathering.partitionKey(policies.named(job.queue()), job));
            return IdempotencyBinding.of(link, call, keyRetention, deadline).compose(binding -> {
                Enqueued[] answers = new Enqueued[jobs.size()];
                List<Future<?>> calls = new ArrayList<>();
                byPartition(jobs, binding)
                        .forEach((unused, bulk) -> calls.add(bulk.runOnce(binding, keyRetention, answers)));
                return RedisResults.all(calls).map(done -> List.of(answers));
            });
        });
    }

    /** @param binding of a call with an idempotency key; null: without one */
    private Map<Streams, PartitionBulk> byPartition(List<NewJob> jobs, @Nullable IdempotencyBinding binding) {
        Map<Streams, PartitionBulk> bulks = new LinkedHashMap<>();
        Map<String, Integer> partitionOfCall = new LinkedHashMap<>();
        for (int position = 0; position < jobs.size(); position++) {
            NewJob job = jobs.get(position);
            QueuePolicy policy = policies.named(job.queue());
            int partition = Gathering.partitionKey(policy, job)
                    .map(name -> JobId.partitionOf(name, policy.partitions()))
                    .orElseGet(() -> partitionOfCall.computeIfAbsent(
                            job.queue(),
                            queue -> binding == null
                                    ? streams.nextPartition(policy)
                                    : binding.partition(policy.partitions())));
            bulks.computeIfAbsent(
                            streams.of(policy, partition), place -> new PartitionBulk(this, policy, place, binding))
                    .add(position, job);
        }
        return bulks;
    }

    /** Where a job of an explicit id belongs, always the same. */
    int partitionOf(NewJob job) {
        QueuePolicy policy = policies.named(job.queue());
        return Gathering.partitionKey(policy, job)
                .map(name -> JobId.partitionOf(name, policy.partitions()))
                .orElseThrow();
    }

    /** How jobs of one partition are accepted in one step. */
    ScriptCall acceptanceOf(int partition, List<NewJob> jobs) {
        QueuePolicy policy = policies.named(jobs.get(0).queue());
        PartitionBulk bulk = new PartitionBulk(this, policy, streams.of(policy, partition), null);
        for (int position = 0; position < jobs.size(); position++) {
            bulk.add(position, jobs.get(position));
        }
        return bulk.call();
    }
}
