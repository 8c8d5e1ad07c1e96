package io.penstock.common.queue.redis;

import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.OnceQueue;
import io.penstock.common.queue.QueuePartition;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Acceptance and its mark are one script: the script that every bulk enqueue uses, in an envelope that looks for the
 * marks first and sets them afterwards.
 */
public final class RedisOnceQueue implements OnceQueue {

    private static final int TOO_LATE = -1;
    private static final int REPEATED = 0;

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final Duration deadline;
    private final RedisJobQueue queue;

    /** @param deadline how long a caller waits for Redis before it is told that the queue is unavailable */
    public RedisOnceQueue(RedisRouter link, QueuePolicies policies, Duration deadline) {
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
    public Uni<Integer> acceptOnce(QueuePartition place, List<Marked> jobs, long notAfterMs) {
        return RedisResults.uni(() -> accept(place, jobs, notAfterMs, 0));
    }

    private Future<Integer> accept(QueuePartition place, List<Marked> jobs, long notAfterMs, int repeated) {
        if (jobs.isEmpty()) {
            return Future.succeededFuture(repeated);
        }
        ScriptCall acceptance = queue.acceptanceOf(
                place.partition(), jobs.stream().map(Marked::job).toList());
        List<String> keys = new ArrayList<>(List.of(RedisKeys.accepted(place.queue(), place.partition())));
        keys.addAll(acceptance.keys());
        List<Object> args = new ArrayList<>(List.of(notAfterMs, jobs.size()));
        jobs.forEach(job -> args.add(job.mark()));
        args.addAll(acceptance.args());
        return link.run(Scripts.once(acceptance.script()), keys, args, deadline).compose(reply -> {
            int code = reply.get(0).toInteger();
            if (code == TOO_LATE) {
                throw new QueueUnavailableException(
                        "the hand-over came too late and was not accepted", Effect.REFUSED, null);
            }
            if (code != REPEATED) {
                return Future.succeededFuture(repeated);
            }
            List<Marked> rest = without(jobs, reply.get(1));
            return accept(place, rest, notAfterMs, repeated + jobs.size() - rest.size());
        });
    }

    private static List<Marked> without(List<Marked> jobs, Response positions) {
        Set<Integer> known = new HashSet<>();
        positions.forEach(position -> known.add(position.toInteger()));
        List<Marked> rest = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            if (!known.contains(i + 1)) {
                rest.add(jobs.get(i));
            }
        }
        return rest;
    }

    @Override
    public Uni<List<String>> oldMarks(QueuePartition place, Duration age, int most) {
        List<String> keys = List.of(RedisKeys.accepted(place.queue(), place.partition()));
        return RedisResults.uni(() -> link.run(Scripts.OLD_MARKS, keys, List.of(age.toMillis(), most), deadline)
                .map(reply -> reply.stream().map(Response::toString).toList()));
    }

    @Override
    public Uni<Void> forget(QueuePartition place, Collection<String> marks) {
        if (marks.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        String key = RedisKeys.accepted(place.queue(), place.partition());
        Request zrem = Request.cmd(Command.ZREM).arg(key);
        marks.forEach(zrem::arg);
        return RedisResults.uni(() -> link.send(key, zrem, deadline).mapEmpty());
    }
}
