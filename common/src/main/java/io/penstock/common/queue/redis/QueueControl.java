package io.penstock.common.queue.redis;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells how a whole queue is, pauses and resumes it: the same step in each of its partitions. */
final class QueueControl {

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final QueueStreams streams;
    private final Duration deadline;

    QueueControl(RedisRouter link, QueuePolicies policies, QueueStreams streams, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.streams = streams;
        this.deadline = deadline;
    }

    Uni<QueueStatus> status(String queue) {
        return RedisResults.uni(() -> {
            QueuePolicy policy = policies.named(queue);
            List<Future<QueueStatus>> calls = new ArrayList<>();
            for (int partition = 0; partition < policy.partitions(); partition++) {
                calls.add(statusOf(policy, partition));
            }
            return Future.all(calls).map(done -> calls.stream()
                    .map(Future::result)
                    .reduce(QueueControl::sum)
                    .orElseThrow());
        });
    }

    private Future<QueueStatus> statusOf(QueuePolicy policy, int partition) {
        List<String> keys = streams.of(policy, partition)
                .keysAfter(
                        RedisKeys.meta(policy.queue(), partition),
                        RedisKeys.scheduled(policy.queue(), partition),
                        RedisKeys.dead(policy.queue(), partition),
                        RedisKeys.backlog(policy.queue(), partition),
                        RedisKeys.limit(policy.queue(), partition));
        Optional<RateLimit> limit = policy.limits().rateLimit();
        return link.run(
                        Scripts.QUEUE_STATUS,
                        keys,
                        List.of(
                                Scripts.GROUP,
                                limit.map(RateLimit::intervalMicros).orElse(0L),
                                limit.map(RateLimit::burst).orElse(1)),
                        deadline)
                .map(reply -> new QueueStatus(
                        policy.queue(),
                        reply.get(0).toLong(),
                        reply.get(1).toLong(),
                        reply.get(2).toLong(),
                        reply.get(3).toLong(),
                        reply.get(4).toLong(),
                        reply.get(5).toLong(),
                        reply.get(8).toLong(),
                        reply.get(9).toLong(),
                        reply.get(10).toLong(),
                        reply.get(11).toLong(),
                        reply.get(6).toLong(),
                        reply.get(7).toInteger() == 1,
                        reply.get(12).toLong()));
    }

    private static QueueStatus sum(QueueStatus a, QueueStatus b) {
        return new QueueStatus(
                a.queue(),
                a.waiting() + b.waiting(),
                a.active() + b.active(),
                a.scheduled() + b.scheduled(),
                a.completed() + b.completed(),
                a.failed() + b.failed(),
                a.dead() + b.dead(),
                a.expired() + b.expired(),
                a.cancelled() + b.cancelled(),
                a.blockedByGroup() + b.blockedByGroup(),
                a.awaitingChildren() + b.awaitingChildren(),
                Math.max(a.oldestWaitMs(), b.oldestWaitMs()),
                a.paused() || b.paused(),
                Math.max(a.rateLimitedMs(), b.rateLimitedMs()));
    }

    Uni<Void> pause(String queue) {
        return onEachPartition(queue, Scripts.PAUSE_QUEUE);
    }

    Uni<Void> resume(String queue) {
        return onEachPartition(queue, Scripts.RESUME_QUEUE);
    }

    /** Runs a script that moves the read positions, after making sure that the groups exist. */
    private Uni<Void> onEachPartition(String queue, LuaScript script) {
        return RedisResults.uni(() -> {
            QueuePolicy policy = policies.named(queue);
            List<Future<?>> calls = new ArrayList<>();
            for (int partition = 0; partition < policy.partitions(); partition++) {
                List<String> keys = streams.of(policy, partition).keysAfter(RedisKeys.meta(queue, partition));
                List<String> args = List.of(Scripts.GROUP);
                calls.add(link.run(Scripts.OPEN_STREAMS, keys, args, deadline)
                        .compose(opened -> link.run(script, keys, args, deadline)));
            }
            return Future.all(calls).mapEmpty();
        });
    }
}
