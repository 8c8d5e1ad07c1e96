package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Carries from one partition to others what its scripts left in {@code outgoing}: partitions may be in different slots
 * of a cluster, which no script can reach across. What was taken is dropped only when it has arrived; when its carrier
 * crashes in between, another one takes it again after a while. A job that has ended by then runs twice, as any job may
 * whose worker crashes.
 */
final class CrossPartitionForwarder {

    private static final Logger LOG = Logger.getLogger(CrossPartitionForwarder.class);

    private static final int BATCH = 100;
    /** Far beyond the deadline of a command: a carrier that has not come back by then is gone. */
    private static final long TAKEN_FOR_MS = 60_000;

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final Duration deadline;

    CrossPartitionForwarder(RedisRouter link, QueuePolicies policies, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.deadline = deadline;
    }

    /** Carries at once what was just left; what fails is carried later by whoever tends the queue. */
    void forwardNow(QueuePolicy from, int partition) {
        carry(from, partition, BATCH)
                .onFailure(
                        failure -> LOG.debugf("queue %s: cannot carry on yet: %s", from.queue(), failure.getMessage()));
    }

    /** Answers with how many arrived. */
    Future<Integer> carry(QueuePolicy from, int partition, int most) {
        String outgoing = RedisKeys.outgoing(from.queue(), partition);
        return link.run(Scripts.TAKE_OUTGOING, List.of(outgoing), List.of(most, TAKEN_FOR_MS), deadline)
                .compose(reply -> deliver(outgoing, loadsOf(reply)));
    }

    private Map<Target, Load> loadsOf(Response reply) {
        Map<Target, Load> loads = new LinkedHashMap<>();
        for (int i = 0; i + 1 < reply.size(); i += 2) {
            String field = reply.get(i).toString();
            String value = reply.get(i + 1).toString();
            String[] head = value.substring(0, value.indexOf('\n')).split(";", -1);
            Optional<QueuePolicy> policy = head[0].startsWith("1") ? policies.find(head[1]) : Optional.empty();
            if (policy.isEmpty()) {
                // Written by a newer version, or for a queue this deployment does not know: others will carry it.
                continue;
            }
            Target target = new Target(policy.get(), Integer.parseInt(head[2]), head[0].charAt(1) == 'j');
            Load load = loads.computeIfAbsent(target, unused -> new Load(new ArrayList<>(), new ArrayList<>()));
            load.fields().add(field);
            load.args()
                    .addAll(
                            target.jobs()
                                    ? jobArgs(field, head, value)
                                    : List.of(value.split("\n", 4)).subList(1, 4));
        }
        return loads;
    }

    /** The eight arguments of accept-jobs. */
    private static List<String> jobArgs(String id, String[] head, String value) {
        String[] lines = value.split("\n", 3);
        return List.of(id, head[3], "0", head[4], head[5], head[6], lines[1], lines[2]);
    }

    private Future<Integer> deliver(String outgoing, Map<Target, Load> loads) {
        List<Future<Integer>> calls = new ArrayList<>();
        loads.forEach((target, load) -> calls.add(deliver(outgoing, target, load)));
        return Future.join(calls)
                .map(done -> calls.stream().mapToInt(Future::result).sum());
    }

    private Future<Integer> deliver(String outgoing, Target target, Load load) {
        Partition place = Partition.of(target.policy(), Streams.of(target.policy(), target.partition()));
        List<Object> args = place.args("");
        args.addAll(load.args());
        Request drop = Request.cmd(Command.HDEL).arg(outgoing);
        load.fields().forEach(drop::arg);
        return link.run(target.jobs() ? Scripts.ACCEPT_JOBS : Scripts.CHILD_ENDED, place.keys(), args, deadline)
                .compose(arrived -> link.send(outgoing, drop, deadline))
                // A child of this load may have been the last one, of a parent that is a child itself.
                .compose(dropped ->
                        target.jobs() ? Future.succeededFuture() : carry(target.policy(), target.partition(), BATCH))
                .map(done -> load.fields().size());
    }

    private record Target(QueuePolicy policy, int partition, boolean jobs) {}

    private record Load(List<String> fields, List<String> args) {}
}
