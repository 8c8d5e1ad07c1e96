package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pauses groups of a queue. All jobs of a group are in one partition, so that each step is one script there. */
final class GroupPauses {

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final QueueStreams streams;
    private final Duration deadline;

    GroupPauses(RedisRouter link, QueuePolicies policies, QueueStreams streams, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.streams = streams;
        this.deadline = deadline;
    }

    Uni<Optional<Instant>> pause(String queue, String group, Duration time) {
        return RedisResults.uni(() -> run(Scripts.PAUSE_GROUP, queue, group, time.toMillis())
                .map(reply -> reply.toLong() < 0
                        ? Optional.<Instant>empty()
                        : Optional.of(Instant.ofEpochMilli(reply.toLong()))));
    }

    Uni<Boolean> lift(String queue, String group) {
        return RedisResults.uni(
                () -> run(Scripts.LIFT_GROUP_PAUSE, queue, group, "").map(reply -> reply.toInteger() == 1));
    }

    private Future<Response> run(LuaScript script, String queue, String group, Object more) {
        QueuePolicy policy = policies.named(queue);
        int partition = JobId.partitionOf(group, policy.partitions());
        Partition place = Partition.of(policy, streams.of(policy, partition));
        return link.run(
                script, place.keys(RedisKeys.pausedGroups(queue, partition)), place.args("", group, more), deadline);
    }

    Uni<Map<String, Instant>> all(String queue) {
        return RedisResults.uni(() -> {
            QueuePolicy policy = policies.named(queue);
            List<Future<Map<String, Instant>>> each = new ArrayList<>();
            for (int partition = 0; partition < policy.partitions(); partition++) {
                each.add(of(link, queue, partition, deadline));
            }
            return Future.all(each).map(done -> {
                Map<String, Instant> all = new HashMap<>();
                each.forEach(some -> all.putAll(some.result()));
                return all;
            });
        });
    }

    /** Of one partition. Their number is limited, see parts/pauses. */
    static Future<Map<String, Instant>> of(RedisRouter link, String queue, int partition, Duration deadline) {
        String key = RedisKeys.pausedGroups(queue, partition);
        Request ask = Request.cmd(Command.ZRANGE).arg(key).arg(0).arg(-1).arg("WITHSCORES");
        return link.send(key, ask, deadline).map(reply -> {
            Map<String, Instant> paused = new HashMap<>();
            for (int i = 0; i < reply.size(); i++) {
                Response one = reply.get(i);
                // RESP3 answers pairs, RESP2 a flat list.
                String group = one.size() > 0 ? one.get(0).toString() : one.toString();
                Response till = one.size() > 0 ? one.get(1) : reply.get(++i);
                paused.put(group, Instant.ofEpochMilli((long) Double.parseDouble(till.toString())));
            }
            return paused;
        });
    }
}
