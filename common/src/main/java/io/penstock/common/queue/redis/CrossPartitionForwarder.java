package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Forwards from one partition to others what its scripts left in {@code outgoing}: partitions may be in different slots
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

    /** Forwards at once what was just left; what fails is forwarded later by whoever maintains the queue. */
    void forwardNow(QueuePolicy from, int partition) {
        forward(from, partition, BATCH)
                .onFailure(
                        failure -> LOG.debugf("queue %s: cannot forward yet: %s", from.queue(), failure.getMessage()));
    }

    /** Answers with how many arrived. */
    Future<Integer> forward(QueuePolicy from, int partition, int most) {
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
            Optional<Kind> kind = Kind.of(head[0]);
            Optional<QueuePolicy> policy = kind.flatMap(known -> policies.find(head[1]));
            if (policy.isEmpty()) {
                // Written by a newer version, or for a queue this deployment does not know: others will forward it.
                continue;
            }
            Target target = new Target(policy.get(), Integer.parseInt(head[2]), kind.get());
            Load load = loads.computeIfAbsent(target, unused -> new Load(new ArrayList<>(), new ArrayList<>()));
            load.taken().add(field);
            load.taken().add(value);
            load.args().addAll(argsOf(kind.get(), field, head, value));
        }
        return loads;
    }

    private static List<String> argsOf(Kind kind, String field, String[] head, String value) {
        return switch (kind) {
            case JOB -> jobArgs(field, head, value);
            case CHILD -> {
                String[] lines = value.split("\n", 4);
                yield List.of(lines[1], lines[2], lines[3], head.length > 3 ? head[3] : "0");
            }
            case RETRY -> List.of(value.split("\n", 3)).subList(1, 3);
        };
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
        return link.run(target.kind().script(), place.keys(), args, deadline)
                .compose(arrived -> link.run(Scripts.DROP_OUTGOING, List.of(outgoing), load.taken(), deadline))
                // A child of this load may have been the last one, of a parent that is a child itself; one that comes
                // back tells its parent.
                .compose(dropped -> target.kind() == Kind.JOB
                        ? Future.succeededFuture()
                        : forward(target.policy(), target.partition(), BATCH))
                .map(done -> load.taken().size() / 2);
    }

    /** What is forwarded, by the beginning of its value. */
    private enum Kind {
        JOB,
        CHILD,
        RETRY;

        LuaScript script() {
            return switch (this) {
                case JOB -> Scripts.ACCEPT_JOBS;
                case CHILD -> Scripts.CHILD_ENDED;
                case RETRY -> Scripts.RETRY_CHILDREN;
            };
        }

        static Optional<Kind> of(String versionAndLetter) {
            return switch (versionAndLetter) {
                case "1j" -> Optional.of(JOB);
                case "1c", "2c" -> Optional.of(CHILD);
                case "2r" -> Optional.of(RETRY);
                default -> Optional.empty();
            };
        }
    }

    private record Target(QueuePolicy policy, int partition, Kind kind) {}

    /** @param taken field and value of each piece, as they were taken */
    private record Load(List<String> taken, List<String> args) {}
}
