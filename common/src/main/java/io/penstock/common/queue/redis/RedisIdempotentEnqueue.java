package io.penstock.common.queue.redis;

import io.penstock.common.queue.IdempotentEnqueue;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePartition;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.ReconnectingConnection;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Acceptance and its dedup key are one script: the script that every bulk enqueue uses, in an envelope that looks for the
 * dedup keys first and sets them afterwards.
 */
public final class RedisIdempotentEnqueue implements IdempotentEnqueue {

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final Duration deadline;
    private final RedisJobQueue queue;

    /** @param deadline how long a caller waits for Redis before it is told that the queue is unavailable */
    public RedisIdempotentEnqueue(RedisRouter link, QueuePolicies policies, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.deadline = deadline;
        this.queue = new RedisJobQueue(link, policies, deadline);
    }

    @Override
    public QueuePartition partitionOf(NewJob job) {
        return new QueuePartition(job.queue(), queue.partitionOf(job));
    }

    @Override
    public List<QueuePartition> places() {
        List<QueuePartition> places = new ArrayList<>();
        for (QueuePolicy policy : policies.all()) {
            for (int partition = 0; partition < policy.partitions(); partition++) {
                places.add(new QueuePartition(policy.queue(), partition));
            }
        }
        return places;
    }

    /** In a cluster the clock that is furthest behind: a limit by it is too late for none of the others. */
    @Override
    public Uni<Long> clockMs() {
        return RedisResults.uni(() -> link.masters().compose(masters -> {
            List<Future<Long>> clocks = masters.stream().map(this::clockMs).toList();
            return Future.all(clocks)
                    .map(all -> clocks.stream().mapToLong(Future::result).min().orElseThrow());
        }));
    }

    private Future<Long> clockMs(ReconnectingConnection master) {
        return master.send(Request.cmd(Command.TIME), deadline)
                .map(time -> time.get(0).toLong() * 1_000 + time.get(1).toLong() / 1_000);
    }

    @Override
    public Uni<Integer> acceptOnce(QueuePartition place, List<Keyed> jobs, long notAfterMs) {
        EnqueueOnce once =
                new EnqueueOnce(RedisKeys.accepted(place.queue(), place.partition()), notAfterMs, Duration.ZERO, null);
        return RedisResults.uni(() -> accept(once, place, jobs, 0));
    }

    private Future<Integer> accept(EnqueueOnce once, QueuePartition place, List<Keyed> jobs, int repeatedBefore) {
        if (jobs.isEmpty()) {
            return Future.succeededFuture(repeatedBefore);
        }
        ScriptCall acceptance = queue.acceptanceOf(
                place.partition(), jobs.stream().map(Keyed::job).toList());
        return once.run(link, jobs.stream().map(Keyed::dedupKey).toList(), acceptance, deadline)
                .compose(reply -> {
                    if (reply.accepted() != null) {
                        return Future.succeededFuture(repeatedBefore);
                    }
                    List<Keyed> rest = without(jobs, reply.repeated());
                    return accept(once, place, rest, repeatedBefore + jobs.size() - rest.size());
                });
    }

    private static List<Keyed> without(List<Keyed> jobs, Set<Integer> positions) {
        List<Keyed> rest = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            if (!positions.contains(i)) {
                rest.add(jobs.get(i));
            }
        }
        return rest;
    }

    @Override
    public Uni<List<String>> oldDedupKeys(QueuePartition place, Duration age, int most) {
        List<String> keys = List.of(RedisKeys.accepted(place.queue(), place.partition()));
        return RedisResults.uni(() -> link.run(Scripts.OLD_DEDUP_KEYS, keys, List.of(age.toMillis(), most), deadline)
                .map(reply -> reply.stream().map(Response::toString).toList()));
    }

    @Override
    public Uni<Void> forget(QueuePartition place, Collection<String> dedupKeys) {
        if (dedupKeys.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        String key = RedisKeys.accepted(place.queue(), place.partition());
        Request zrem = Request.cmd(Command.ZREM).arg(key);
        dedupKeys.forEach(zrem::arg);
        return RedisResults.uni(() -> link.send(key, zrem, deadline).mapEmpty());
    }
}
