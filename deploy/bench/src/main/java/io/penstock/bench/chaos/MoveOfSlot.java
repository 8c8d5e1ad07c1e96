package io.penstock.bench.chaos;

import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The slot of a partition is moved to another master while it is in use, key by key, as {@code redis-cli --cluster reshard}
 * does. No master is killed meanwhile.
 */
final class MoveOfSlot implements Fault {

    private static final int KEYS_AT_ONCE = 10;
    private static final int MOVE_MS = 5_000;
    private static final Duration TO_BE_KNOWN = Duration.ofSeconds(30);

    private final List<ReplicaGroup> groups;
    private final List<Integer> slots;
    private final Random random;

    /** @param slots of the queue's partitions, in their order */
    MoveOfSlot(List<ReplicaGroup> groups, List<Integer> slots, Random random) {
        this.groups = groups;
        this.slots = slots;
        this.random = random;
    }

    static String idOf(ProxiedRedis node) {
        return node.ask("CLUSTER", "MYID").toString();
    }

    /**
     * Port of the master that serves a slot; 0: none does.
     *
     * @param ranges what {@code CLUSTER SLOTS} answered
     */
    static int ownerOf(int slot, Response ranges) {
        for (Response range : ranges) {
            if (range.get(0).toInteger() <= slot && slot <= range.get(1).toInteger()) {
                return range.get(2).get(1).toInteger();
            }
        }
        return 0;
    }

    @Override
    public String kind() {
        return "move a partition";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(2);
    }

    @Override
    public boolean isPossible() {
        return groups.stream().allMatch(ReplicaGroup::isInStep);
    }

    @Override
    public void strike(FaultLog log) {
        List<ReplicaGroup> claimed = new ArrayList<>();
        try {
            for (ReplicaGroup group : groups) {
                if (!group.claim()) {
                    return;
                }
                claimed.add(group);
            }
            move(random.nextInt(slots.size()), log);
            // A replica that has not heard of the move would, as a master, undo it.
            groups.forEach(ReplicaGroup::awaitInStep);
        } finally {
            claimed.forEach(ReplicaGroup::release);
        }
    }

    private void move(int partition, FaultLog log) {
        int slot = slots.get(partition);
        ProxiedRedis source = master(ownerOf(slot, groups.get(0).master().ask("CLUSTER", "SLOTS")));
        List<ProxiedRedis> others = groups.stream()
                .map(ReplicaGroup::master)
                .filter(master -> !master.equals(source))
                .toList();
        ProxiedRedis target = others.get(random.nextInt(others.size()));
        long from = System.currentTimeMillis();
        move(slot, source, target);
        boolean known = Until.holds(() -> isKnown(slot, target), TO_BE_KNOWN);
        log.outage(kind(), from, System.currentTimeMillis(), Set.of(partition));
        if (!known) {
            throw new ChaosException("not all nodes have heard where slot " + slot + " is");
        }
    }

    private ProxiedRedis master(int port) {
        return groups.stream()
                .map(ReplicaGroup::master)
                .filter(master -> master.port() == port)
                .findFirst()
                .orElseThrow(() -> new ChaosException("a partition has no master"));
    }

    private static void move(int slot, ProxiedRedis source, ProxiedRedis target) {
        String targetId = idOf(target);
        target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", idOf(source));
        source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", targetId);
        Response keys = source.ask("CLUSTER", "GETKEYSINSLOT", slot, KEYS_AT_ONCE);
        while (keys.size() > 0) {
            List<Object> words =
                    new ArrayList<>(List.of("127.0.0.1", target.process().port(), "", 0, MOVE_MS, "KEYS"));
            keys.forEach(key -> words.add(key.toString()));
            source.ask("MIGRATE", words.toArray());
            keys = source.ask("CLUSTER", "GETKEYSINSLOT", slot, KEYS_AT_ONCE);
        }
        target.ask("CLUSTER", "SETSLOT", slot, "NODE", targetId);
        source.ask("CLUSTER", "SETSLOT", slot, "NODE", targetId);
    }

    private boolean isKnown(int slot, ProxiedRedis owner) {
        return groups.stream()
                .flatMap(group -> group.running().stream())
                .allMatch(node -> ownerOf(slot, node.ask("CLUSTER", "SLOTS")) == owner.port());
    }
}
