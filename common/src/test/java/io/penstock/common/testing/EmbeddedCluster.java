package io.penstock.common.testing;

import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A real Redis Cluster of some masters, whose slots are shared evenly; replicas and moves of slots on demand. */
public final class EmbeddedCluster implements AutoCloseable {

    private static final int SLOTS = 16_384;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<String> settings;
    private final List<RedisNode> nodes = new ArrayList<>();

    private EmbeddedCluster(List<String> settings) {
        this.settings = settings;
    }

    /** @param settings of redis.conf for every node, each as name and value beside one another */
    public static EmbeddedCluster start(int masters, String... settings) {
        EmbeddedCluster cluster = new EmbeddedCluster(List.of(settings));
        for (int i = 0; i < masters; i++) {
            RedisNode node = cluster.startNode();
            node.run("CLUSTER", "ADDSLOTSRANGE", SLOTS * i / masters, SLOTS * (i + 1) / masters - 1);
            // Nodes that meet with the same epoch argue about it first.
            node.run("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
        }
        cluster.meetAll();
        return cluster;
    }

    /** A master without slots, to move some to. */
    public RedisNode addMaster() {
        RedisNode node = startNode();
        meetAll();
        return node;
    }

    /** Answers when the replica has all that the master has. */
    public RedisNode addReplicaOf(RedisNode master) {
        RedisNode replica = startNode();
        meetAll();
        String id = idOf(master);
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> replica.run("CLUSTER", "REPLICATE", id).toString().equals("OK"));
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> replica.info(
                        "master_link_status", "INFO", "replication")
                .equals("up"));
        return replica;
    }

    private RedisNode startNode() {
        List<String> all = new ArrayList<>(List.of("cluster-enabled", "yes"));
        all.addAll(List.of("cluster-config-file", "nodes.conf"));
        all.addAll(List.of("cluster-port", "" + EmbeddedServers.freePort()));
        all.addAll(List.of("cluster-node-timeout", "1000"));
        all.addAll(List.of("cluster-replica-validity-factor", "0"));
        all.addAll(List.of("cluster-allow-replica-migration", "no"));
        all.addAll(List.of("repl-diskless-sync-delay", "0"));
        all.addAll(List.of("maxmemory-policy", "noeviction"));
        all.addAll(settings);
        RedisNode node = RedisNode.start(all.toArray(String[]::new));
        nodes.add(node);
        return node;
    }

    private void meetAll() {
        RedisNode first = nodes.get(0);
        for (RedisNode other : nodes.subList(1, nodes.size())) {
            first.run("CLUSTER", "MEET", "127.0.0.1", other.port(), busPortOf(other));
        }
        awaitHealth();
    }

    private static String busPortOf(RedisNode node) {
        return node.run("CONFIG", "GET", "cluster-port").get("cluster-port").toString();
    }

    /** Waits until all living nodes know one another and all slots are served. */
    public void awaitHealth() {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> nodes.stream().allMatch(this::isHealthy));
    }

    private boolean isHealthy(RedisNode node) {
        return node.info("cluster_state", "CLUSTER", "INFO").equals("ok")
                && node.info("cluster_slots_ok", "CLUSTER", "INFO").equals("" + SLOTS)
                && node.info("cluster_known_nodes", "CLUSTER", "INFO").equals("" + nodes.size());
    }

    /** Every node that was started, in the order of starting. */
    public List<RedisNode> nodes() {
        return List.copyOf(nodes);
    }

    /** What {@code quarkus.redis.hosts} takes. */
    public List<String> urls() {
        return nodes.stream().map(RedisNode::url).toList();
    }

    public int slotOf(String key) {
        return nodes.get(0).run("CLUSTER", "KEYSLOT", key).toInteger();
    }

    /** The master that holds the key, as the first node that answers sees it. */
    public RedisNode ownerOf(String key) {
        RedisNode informer =
                nodes.stream().filter(RedisNode::isRunning).findFirst().orElseThrow();
        int slot = informer.run("CLUSTER", "KEYSLOT", key).toInteger();
        for (Response range : informer.run("CLUSTER", "SLOTS")) {
            if (range.get(0).toInteger() <= slot && slot <= range.get(1).toInteger()) {
                int port = range.get(2).get(1).toInteger();
                return nodes.stream()
                        .filter(node -> node.port() == port)
                        .findFirst()
                        .orElseThrow();
            }
        }
        throw new IllegalStateException("slot " + slot + " has no owner");
    }

    /** Moves a slot with its keys, key by key, as {@code redis-cli --cluster reshard} does. */
    public void moveSlot(int slot, RedisNode from, RedisNode to) {
        String target = idOf(to);
        to.run("CLUSTER", "SETSLOT", slot, "IMPORTING", idOf(from));
        from.run("CLUSTER", "SETSLOT", slot, "MIGRATING", target);
        while (true) {
            Response keys = from.run("CLUSTER", "GETKEYSINSLOT", slot, 1);
            if (keys.size() == 0) {
                break;
            }
            from.run("MIGRATE", "127.0.0.1", to.port(), keys.get(0), 0, 5_000);
        }
        to.run("CLUSTER", "SETSLOT", slot, "NODE", target);
        from.run("CLUSTER", "SETSLOT", slot, "NODE", target);
    }

    private static String idOf(RedisNode node) {
        return node.run("CLUSTER", "MYID").toString();
    }

    /** Connections of clients to all running nodes together. */
    public long connections() {
        return nodes.stream()
                .filter(RedisNode::isRunning)
                .mapToLong(RedisNode::connections)
                .sum();
    }

    @Override
    public void close() {
        nodes.forEach(RedisNode::close);
    }
}
