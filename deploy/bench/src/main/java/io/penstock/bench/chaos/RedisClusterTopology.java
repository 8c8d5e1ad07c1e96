package io.penstock.bench.chaos;

import io.penstock.bench.FreePort;
import io.penstock.common.redis.RedisKeys;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster of three masters with a replica each, every node behind a {@link FaultProxy} at which clients and other nodes know
 * it (the nodes' own bus goes past it). The queue has six partitions, whose slots are moved from master to master.
 */
final class RedisClusterTopology implements Topology {

    private static final int SLOTS = 16_384;
    private static final int MASTERS = 3;
    private static final int PARTITIONS = 6;
    private static final Duration NODE_TIMEOUT = Duration.ofMillis(1_500);
    private static final Duration BETWEEN_CUTS = Duration.ofSeconds(2);
    private static final Duration TO_BEGIN = Duration.ofSeconds(60);

    /** Redis's defaults: a replica that has not heard from its master for longer does not take over. */
    private static final int VALIDITY_FACTOR = 10;

    private static final Duration PING_PERIOD = Duration.ofSeconds(10);

    private final Vertx vertx = Vertx.vertx();
    private final SingleServerTopology.Fsync fsync;
    private final Random random;
    private final List<ProxiedRedis> nodes = new ArrayList<>();
    private final List<ReplicaGroup> groups = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    RedisClusterTopology(SingleServerTopology.Fsync fsync, long seed) {
        this.fsync = fsync;
        this.random = new Random(seed);
        for (int i = 0; i < 2 * MASTERS; i++) {
            nodes.add(node());
        }
        for (int i = 0; i < MASTERS; i++) {
            nodes.get(i).ask("CLUSTER", "ADDSLOTSRANGE", SLOTS * i / MASTERS, SLOTS * (i + 1) / MASTERS - 1);
            // Nodes that meet with the same epoch argue about it first.
            nodes.get(i).ask("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
        }
        for (ProxiedRedis other : nodes.subList(1, nodes.size())) {
            nodes.get(0).ask("CLUSTER", "MEET", "127.0.0.1", other.port(), busPort(other));
        }
        require(() -> nodes.stream().allMatch(this::isWell), "the nodes of the cluster have not found one another");
        for (int i = 0; i < MASTERS; i++) {
            follow(nodes.get(MASTERS + i), nodes.get(i));
        }
        groups.forEach(ReplicaGroup::awaitInStep);
    }

    private ProxiedRedis node() {
        return new ProxiedRedis(vertx, (port, announced) -> {
            int busPort = FreePort.next();
            List<String> settings = new ArrayList<>(fsync.settings());
            settings.addAll(List.of("cluster-enabled", "yes", "cluster-config-file", "nodes.conf"));
            settings.addAll(List.of("cluster-port", "" + busPort, "cluster-announce-bus-port", "" + busPort));
            settings.addAll(List.of("cluster-announce-ip", "127.0.0.1", "cluster-announce-port", "" + announced));
            settings.addAll(List.of("cluster-node-timeout", "" + NODE_TIMEOUT.toMillis()));
            settings.addAll(List.of("cluster-replica-validity-factor", "" + VALIDITY_FACTOR));
            settings.addAll(List.of("repl-ping-replica-period", "" + PING_PERIOD.toSeconds()));
            // Pairs stay pairs, and the partitions of the others go on while one has no master.
            settings.addAll(List.of("cluster-allow-replica-migration", "no", "cluster-require-full-coverage", "no"));
            settings.addAll(List.of("repl-diskless-sync-delay", "0"));
            return RedisProcess.server(ChaosRun.newDirectory(), port, settings);
        });
    }

    private static String busPort(ProxiedRedis node) {
        return node.ask("CONFIG", "GET", "cluster-port").get("cluster-port").toString();
    }

    private boolean isWell(ProxiedRedis node) {
        String info = node.ask("CLUSTER", "INFO").toString();
        return ProxiedRedis.field(info, "cluster_state").equals("ok")
                && ProxiedRedis.field(info, "cluster_slots_ok").equals("" + SLOTS)
                && ProxiedRedis.field(info, "cluster_known_nodes").equals("" + nodes.size());
    }

    private void follow(ProxiedRedis replica, ProxiedRedis master) {
        String id = MoveOfSlot.idOf(master);
        require(
                () -> replica.ask("CLUSTER", "REPLICATE", id).toString().equals("OK"),
                "a node of the cluster does not become a replica");
        groups.add(new ReplicaGroup(List.of(master, replica), new Owned()));
    }

    private void require(BooleanSupplier condition, String otherwise) {
        if (!Until.holds(condition, TO_BEGIN)) {
            close();
            throw new ChaosException(otherwise);
        }
    }

    private int slotOf(int partition) {
        return nodes.stream()
                .filter(ProxiedRedis::isUp)
                .findFirst()
                .orElseThrow()
                .ask("CLUSTER", "KEYSLOT", RedisKeys.meta(ChaosJob.QUEUE, partition))
                .toInteger();
    }

    @Override
    public RedisAddress address() {
        return new RedisAddress(
                RedisClientType.CLUSTER, nodes.stream().map(ProxiedRedis::url).toList(), "");
    }

    @Override
    public int partitions() {
        return PARTITIONS;
    }

    @Override
    public List<Fault> faults() {
        List<Integer> slots =
                IntStream.range(0, PARTITIONS).mapToObj(this::slotOf).toList();
        return List.of(
                new LossOfMaster(groups, random),
                new Cut(nodes, random, BETWEEN_CUTS),
                new MoveOfSlot(groups, slots, random));
    }

    @Override
    public List<FaultInterval> intervals() {
        return Topology.takeovers(groups);
    }

    @Override
    public long connections() {
        return nodes.stream()
                .filter(ProxiedRedis::isUp)
                .mapToLong(ProxiedRedis::connections)
                .sum();
    }

    @Override
    public long keys() {
        return groups.stream().mapToLong(group -> group.master().keys()).sum();
    }

    @Override
    public long mayForgetMs() {
        return NODE_TIMEOUT.multipliedBy(VALIDITY_FACTOR).plus(PING_PERIOD).toMillis();
    }

    @Override
    public String description() {
        return "Cluster: " + MASTERS + " masters with a replica each, " + PARTITIONS + " partitions, node timeout "
                + NODE_TIMEOUT.toMillis() + " ms, appendfsync " + fsync.word();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            groups.forEach(ReplicaGroup::close);
            nodes.forEach(ProxiedRedis::close);
            vertx.close();
        }
    }

    /** The partitions whose slots a node owns. */
    private final class Owned implements ReplicaGroup.Service {

        /** As soon as it accepts writes and is alone with its slots: a master that was only slow may not know yet. */
        @Override
        public boolean isAt(ProxiedRedis successor) {
            boolean alone = groups.stream()
                    .filter(group -> group.servers().contains(successor))
                    .flatMap(group -> group.running().stream())
                    .filter(server -> !server.equals(successor))
                    .allMatch(
                            server -> server.told("role", "INFO", "replication").equals("slave"));
            return alone
                    && partitionsOf(successor).stream()
                            .allMatch(partition -> ReplicaGroup.acceptsWrites(
                                    successor, RedisKeys.meta(ChaosJob.QUEUE, partition) + ":no-such-key"));
        }

        @Override
        public Set<Integer> partitionsOf(ProxiedRedis master) {
            Response slots = master.ask("CLUSTER", "SLOTS");
            return IntStream.range(0, PARTITIONS)
                    .filter(partition -> MoveOfSlot.ownerOf(slotOf(partition), slots) == master.port())
                    .boxed()
                    .collect(Collectors.toSet());
        }
    }
}
