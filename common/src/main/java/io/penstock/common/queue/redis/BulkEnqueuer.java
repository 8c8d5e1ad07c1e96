package io.penstock.common.queue.redis;

import io.penstock.common.queue.Enqueued;
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

/**
 * Enqueues many jobs at once, partition by partition: plain ones in one transaction, others (an explicit id, a delay, a
 * uniqueness key, a group) through one script.
 */
final class BulkEnqueuer {

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final QueueStreams streams;
    private final Duration deadline;
    private final PlainBulks plainBulks;

    BulkEnqueuer(RedisRouter link, QueuePolicies policies, QueueStreams streams, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.streams = streams;
        this.deadline = deadline;
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
            byPartition(jobs).forEach((unused, bulk) -> calls.add(bulk.run(answers)));
            return RedisResults.all(calls).map(done -> List.of(answers));
        });
    }

    Uni<List<Enqueued>> enqueueOnce(List<NewJob> jobs, Duration memory) {
        return RedisResults.uni(() -> {
            Enqueued[] answers = new Enqueued[jobs.size()];
            List<Future<?>> calls = new ArrayList<>();
            byPartition(jobs).forEach((unused, bulk) -> calls.add(bulk.runOnce(memory, answers)));
            return RedisResults.all(calls).map(done -> List.of(answers));
        });
    }

    private Map<Streams, PartitionBulk> byPartition(List<NewJob> jobs) {
        Map<Streams, PartitionBulk> bulks = new LinkedHashMap<>();
        Map<String, Integer> partitionOfCall = new LinkedHashMap<>();
        for (int position = 0; position < jobs.size(); position++) {
            NewJob job = jobs.get(position);
            QueuePolicy policy = policies.named(job.queue());
            int partition = policy.partitionKey(job.options())
                    .map(name -> JobId.partitionOf(name, policy.partitions()))
                    .orElseGet(
                            () -> partitionOfCall.computeIfAbsent(job.queue(), queue -> streams.nextPartition(policy)));
            bulks.computeIfAbsent(streams.of(policy, partition), place -> new PartitionBulk(this, policy, place))
                    .add(position, job);
        }
        return bulks;
    }

    /** Where a job of an explicit id belongs, always the same. */
    int partitionOf(NewJob job) {
        QueuePolicy policy = policies.named(job.queue());
        return policy.partitionKey(job.options())
                .map(name -> JobId.partitionOf(name, policy.partitions()))
                .orElseThrow();
    }

    /** How jobs of one partition are accepted in one step. */
    ScriptCall acceptanceOf(int partition, List<NewJob> jobs) {
        QueuePolicy policy = policies.named(jobs.get(0).queue());
        PartitionBulk bulk = new PartitionBulk(this, policy, streams.of(policy, partition));
        for (int position = 0; position < jobs.size(); position++) {
            bulk.add(position, jobs.get(position));
        }
        return bulk.call();
    }
}
