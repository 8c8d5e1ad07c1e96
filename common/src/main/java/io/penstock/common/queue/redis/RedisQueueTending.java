package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueTending;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRoutes;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Housekeeping by one script each; any number of workers may run them at once. */
public final class RedisQueueTending implements QueueTending {

    private final RedisRoutes link;
    private final Duration deadline;

    public RedisQueueTending(RedisRoutes link, Duration deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    @Override
    public Uni<Integer> promoteDue(QueuePolicy policy, int partition, int most) {
        List<String> keys = Streams.of(policy, partition)
                .keysAfter(RedisKeys.jobs(policy.queue(), partition), RedisKeys.scheduled(policy.queue(), partition));
        return Answers.uni(() ->
                link.run(Scripts.PROMOTE_DUE, keys, List.of(most), deadline).map(reply -> reply.toInteger()));
    }

    @Override
    public Uni<Rescued> rescueLost(QueuePolicy policy, int partition, Duration lease, int most) {
        Streams streams = Streams.of(policy, partition);
        List<String> keys = streams.keysAfter(
                RedisKeys.jobs(policy.queue(), partition),
                RedisKeys.dead(policy.queue(), partition),
                RedisKeys.meta(policy.queue(), partition));
        List<Object> args = new ArrayList<>(List.of(Scripts.GROUP, lease.toMillis(), most, policy.maxStalls()));
        for (int number = 0; number < streams.keys().size(); number++) {
            args.add(JobId.prefix(streams, number));
        }
        return Answers.uni(() -> link.run(Scripts.RESCUE_LOST, keys, args, deadline)
                .map(reply -> new Rescued(reply.get(0).toInteger(), reply.get(1).toInteger())));
    }

    @Override
    public Uni<Integer> forgetIdleWorkers(QueuePolicy policy, int partition, Duration idle) {
        List<String> keys = Streams.of(policy, partition).keys();
        List<?> args = List.of(Scripts.GROUP, idle.toMillis());
        return Answers.uni(
                () -> link.run(Scripts.FORGET_WORKERS, keys, args, deadline).map(reply -> reply.toInteger()));
    }
}
