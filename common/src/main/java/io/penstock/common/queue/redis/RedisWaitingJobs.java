package io.penstock.common.queue.redis;

import io.penstock.common.queue.JobView;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.WaitingJobs;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Asks the job's partition, by one run of {@code why-waiting}. */
final class RedisWaitingJobs implements WaitingJobs {

    /** Jobs of the same priority that are counted one by one. */
    private static final int COUNTED = 200;

    private static final int NAMED = 5;

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final QueueStreams streams = new QueueStreams();
    private final Duration deadline;

    RedisWaitingJobs(RedisRouter link, QueuePolicies policies, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.deadline = deadline;
    }

    @Override
    public Uni<Optional<Reasons>> reasons(JobView job) {
        QueuePolicy policy = policies.named(job.queue());
        int number = JobId.place(job.id())
                .map(JobId.Place::partition)
                .orElseGet(() -> JobId.partitionOf(job.id(), policy.partitions()));
        Partition place = Partition.of(policy, streams.of(policy, number));
        Lane lane = policy.laneOf(job.type());
        List<Object> args =
                place.args("", job.id(), place.streams().keys().size(), Streams.number(lane, 0), COUNTED, NAMED);
        List<String> keys = place.keys(RedisKeys.limit(policy.queue(), number));
        return RedisResults.uni(() -> link.run(Scripts.WHY_WAITING, keys, args, deadline)
                .map(reply -> reply.size() == 0 ? Optional.empty() : Optional.of(reasons(reply))));
    }

    private static Reasons reasons(Response reply) {
        String due = reply.get(1).toString();
        return new Reasons(
                where(reply.get(0).toString()),
                due.isEmpty() ? null : Instant.ofEpochMilli((long) Double.parseDouble(due)),
                Instant.ofEpochMilli(reply.get(2).toLong()),
                reply.get(3).toInteger() == 1,
                reply.get(4).toInteger(),
                Instant.ofEpochMilli(reply.get(5).toLong()),
                new Group(
                        reply.get(6).toInteger(),
                        Instant.ofEpochMilli(reply.get(7).toLong()),
                        reply.get(8).toLong(),
                        reply.get(9).stream().map(Response::toString).toList()),
                reply.get(10).toLong(),
                reply.get(11).toInteger() == 1,
                reply.get(12).toInteger());
    }

    private static Where where(String letter) {
        return switch (letter) {
            case "w" -> Where.READY;
            case "g" -> Where.BEHIND_GROUP;
            case "h" -> Where.GROUP_PERMIT;
            case "s" -> Where.SCHEDULED;
            case "f" -> Where.RETRYING;
            case "p" -> Where.CHILDREN;
            default -> Where.NOWHERE;
        };
    }
}
