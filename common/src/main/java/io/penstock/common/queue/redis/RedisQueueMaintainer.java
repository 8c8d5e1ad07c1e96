package io.penstock.common.queue.redis;

import io.penstock.common.queue.MaintenanceLeases;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Housekeeping by one script each; any number of workers may run them at once. On a single server one script looks at many partitions. */
public final class RedisQueueMaintainer implements QueueMaintainer {

    /** Bounds how long one step holds Redis up. */
    private static final int NOTES_AT_ONCE = 100;
    /** Fields looked at in one step of a scan: some tenths of a millisecond of Redis's time. */
    private static final int SWEEP_PAGE = 200;
    /** Partitions of one look: some tenths of a millisecond of Redis's time. */
    private static final int LOOKED_AT_ONCE = 64;
    /** Entries of retained records, some dozens each, weighed or dropped in one step. */
    private static final int TRIM_ENTRIES = 32;
    /** Jobs or groups looked at in one step. */
    private static final int FIT_PAGE = 100;
    /** Dead jobs weighed or dropped in one step. */
    private static final int TRIM_PAGE = 200;

    private final RedisRouter link;
    private final Duration deadline;
    private final CrossPartitionForwarder forwarder;
    private final QueuePolicies policies;
    /** The limits that the groups of a partition were last fitted to from here. */
    private final Map<String, QueuePolicy.GroupPolicy> fitted = new ConcurrentHashMap<>();

    public RedisQueueMaintainer(RedisRouter link, QueuePolicies policies, Duration deadline) {
        this.link = link;
        this.deadline = deadline;
        this.policies = policies;
        this.forwarder = new CrossPartitionForwarder(link, policies, deadline);
    }

    /** With the limits that are in force. */
    private Partition placeOf(QueuePolicy policy, int partition) {
        return Partition.of(policies.inForce(policy), Streams.of(policy, partition));
    }

    @Override
    public Uni<Integer> forwardOutgoing(QueuePolicy policy, int partition, int most) {
        return RedisResults.uni(() -> forwarder.forward(policy, partition, most));
    }

    @Override
    public Uni<Promoted> promoteDue(QueuePolicy policy, int partition, int most) {
        Partition place = placeOf(policy, partition);
        List<String> keys = place.keys(RedisKeys.pausedGroups(policy.queue(), partition));
        return RedisResults.uni(() -> link.run(Scripts.PROMOTE_DUE, keys, place.args("", most), deadline)
                .map(reply -> new Promoted(
                        reply.get(0).toInteger(), nextDue(reply.get(1).toLong()))));
    }

    private static Optional<Duration> nextDue(long ms) {
        return ms < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(ms));
    }

    @Override
    public Uni<Boolean> fitGroups(QueuePolicy policy, int partition) {
        Partition place = placeOf(policy, partition);
        QueuePolicy.GroupPolicy groups = place.policy().sharing().groups();
        String name = MaintenanceLeases.name(policy, partition);
        if (groups.equals(fitted.get(name))) {
            return Uni.createFrom().item(false);
        }
        return RedisResults.uni(() -> fitFrom("", place)).map(done -> {
            fitted.put(name, groups);
            return true;
        });
    }

    /** Ends: it goes through the jobs that wait for their time once, and through the groups once. */
    private Future<?> fitFrom(String cursor, Partition place) {
        return link.run(Scripts.FIT_GROUPS, place.keys(), place.args("", cursor, FIT_PAGE), deadline)
                .compose(reply ->
                        reply.toString().isEmpty() ? Future.succeededFuture() : fitFrom(reply.toString(), place));
    }

    @Override
    public Uni<List<Due>> look(List<Looked> partitions, HeadStart headStart, boolean note) {
        int atOnce = link.holdsAllKeys() ? LOOKED_AT_ONCE : 1;
        return RedisResults.uni(() -> {
            List<Future<List<Due>>> looks = new ArrayList<>();
            for (int from = 0; from < partitions.size(); from += atOnce) {
                looks.add(
                        lookAt(partitions.subList(from, Math.min(from + atOnce, partitions.size())), headStart, note));
            }
            return Future.all(looks).map(done -> looks.stream()
                    .flatMap(look -> look.result().stream())
                    .toList());
        });
    }

    private Future<List<Due>> lookAt(List<Looked> partitions, HeadStart headStart, boolean note) {
        List<String> keys = new ArrayList<>();
        List<Object> args = new ArrayList<>();
        args.add(headStart.afterSilence().toMillis());
        args.add(headStart.length().toMillis());
        args.add(note ? 1 : 0);
        for (Looked looked : partitions) {
            String queue = looked.policy().queue();
            int partition = looked.partition();
            List<String> ready = Streams.of(looked.policy(), partition).keys();
            keys.add(RedisKeys.scheduled(queue, partition));
            keys.add(RedisKeys.cancels(queue, partition));
            keys.add(RedisKeys.outgoing(queue, partition));
            keys.add(RedisKeys.pausedGroups(queue, partition));
            keys.add(RedisKeys.meta(queue, partition));
            keys.add(RedisKeys.unreported(queue, partition));
            keys.addAll(ready);
            args.add(ready.size());
            args.add(looked.busy() ? 1 : 0);
        }
        return link.run(Scripts.LOOK_PARTITIONS, keys, args, deadline).map(reply -> {
            List<Due> found = new ArrayList<>(partitions.size());
            for (int i = 0; i < reply.size(); i += 2) {
                int work = reply.get(i + 1).toInteger();
                found.add(new Due(
                        nextDue(reply.get(i).toLong()),
                        (work & 1) != 0,
                        (work & 2) != 0,
                        (work & 4) != 0,
                        (work & 8) != 0));
            }
            return found;
        });
    }

    @Override
    public Uni<Rescued> rescueLost(QueuePolicy policy, int partition, Duration lease, HeadStart headStart, int most) {
        Partition place = placeOf(policy, partition);
        List<Object> args = place.args(
                "",
                lease.toMillis(),
                most,
                policy.attempts().maxStalls(),
                LeaseOperations.BEGUN,
                place.streams().keys().size(),
                headStart.afterSilence().toMillis(),
                headStart.length().toMillis());
        return RedisResults.uni(() -> link.run(Scripts.RESCUE_LOST, place.keys(), args, deadline)
                .map(reply -> new Rescued(reply.get(0).toInteger(), reply.get(1).toInteger())));
    }

    @Override
    public Uni<Integer> fenceCancelled(QueuePolicy policy, int partition, Duration grace, HeadStart headStart) {
        Partition place = placeOf(policy, partition);
        return RedisResults.uni(() -> fenceFrom("0", place, grace.toMillis(), headStart, 0));
    }

    private Future<Integer> fenceFrom(String cursor, Partition place, long graceMs, HeadStart headStart, int taken) {
        List<Object> args = place.args(
                "",
                graceMs,
                cursor,
                NOTES_AT_ONCE,
                headStart.afterSilence().toMillis(),
                headStart.length().toMillis());
        return link.run(Scripts.FENCE_CANCELLED, place.keys(), args, deadline).compose(reply -> {
            String next = reply.get(0).toString();
            int sum = taken + reply.get(1).toInteger();
            return next.equals("0") ? Future.succeededFuture(sum) : fenceFrom(next, place, graceMs, headStart, sum);
        });
    }

    @Override
    public Uni<Integer> trimBytes(QueuePolicy policy, int partition) {
        String queue = policy.queue();
        List<String> dead = List.of(RedisKeys.dead(queue, partition), RedisKeys.jobs(queue, partition));
        List<String> completed = RetainedRecords.keys(queue, partition);
        QueuePolicy.KeepBytes keep = policy.retention().bytes();
        return RedisResults.uni(() -> trimCompleted(completed, keep.completed(), "+", 0, 0)
                .compose(dropped -> trimDead(dead, keep.dead(), 0, 0, dropped)));
    }

    /** Ends: each step weighs some more of the records or drops some. */
    private Future<Integer> trimCompleted(List<String> keys, long limit, String weighed, long bytes, int dropped) {
        return link.run(Scripts.TRIM_COMPLETED, keys, List.of(weighed, bytes, limit, TRIM_ENTRIES), deadline)
                .compose(reply -> switch (reply.get(0).toInteger()) {
                    case 1 ->
                        trimCompleted(
                                keys,
                                limit,
                                reply.get(1).toString(),
                                reply.get(2).toLong(),
                                dropped);
                    case 0 ->
                        trimCompleted(
                                keys,
                                limit,
                                weighed,
                                bytes,
                                dropped + reply.get(1).toInteger());
                    default -> Future.succeededFuture(dropped);
                });
    }

    /** Ends: each step weighs some more of the dead jobs or drops some. */
    private Future<Integer> trimDead(List<String> keys, long limit, long weighed, long bytes, int dropped) {
        return link.run(Scripts.TRIM_DEAD, keys, List.of(weighed, bytes, limit, TRIM_PAGE), deadline)
                .compose(reply -> switch (reply.get(0).toInteger()) {
                    case 1 ->
                        trimDead(
                                keys, limit, reply.get(1).toLong(), reply.get(2).toLong(), dropped);
                    case 0 ->
                        trimDead(
                                keys,
                                limit,
                                weighed,
                                bytes,
                                dropped + reply.get(1).toInteger());
                    default -> Future.succeededFuture(dropped);
                });
    }

    @Override
    public Uni<Integer> sweepLeftovers(QueuePolicy policy, int partition) {
        List<String> keys = List.of(
                RedisKeys.unique(policy.queue(), partition),
                RedisKeys.groups(policy.queue(), partition),
                RedisKeys.awaited(policy.queue(), partition),
                RedisKeys.jobs(policy.queue(), partition));
        return RedisResults.uni(() -> sweep(keys, 1, "0", 0)
                .compose(dropped -> sweep(keys, 2, "0", dropped))
                .compose(dropped -> sweep(keys, 3, "0", dropped)));
    }

    /** A scan ends: it visits each field at most a few times, however many are added meanwhile. */
    private Future<Integer> sweep(List<String> keys, int which, String cursor, int dropped) {
        return link.run(Scripts.SWEEP_LEFTOVERS, keys, List.of(which, cursor, SWEEP_PAGE), deadline)
                .compose(reply -> {
                    String next = reply.get(0).toString();
                    int all = dropped + reply.get(1).toInteger();
                    return next.equals("0") ? Future.succeededFuture(all) : sweep(keys, which, next, all);
                });
    }

    @Override
    public Uni<Integer> forgetIdleWorkers(QueuePolicy policy, int partition, Duration idle) {
        List<String> keys = Streams.of(policy, partition).keys();
        List<?> args = List.of(Scripts.GROUP, idle.toMillis());
        return RedisResults.uni(
                () -> link.run(Scripts.FORGET_WORKERS, keys, args, deadline).map(reply -> reply.toInteger()));
    }
}
