package io.penstock.bench.chaos;

import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisClientType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * A master with two replicas, watched by three sentinels, each behind a {@link FaultProxy} of its own at which all others know
 * it. Two sentinels must agree that the master is dead. A master that no replica confirms accepts nothing.
 */
final class SentinelTopology implements Topology {

    private static final String MASTER = "chaos";
    private static final int SERVERS = 3;
    private static final int SENTINELS = 3;
    private static final int QUORUM = 2;
    /** Longer than it takes to connect again, so that a cut connection alone makes no failover. */
    private static final Duration DOWN_AFTER = Duration.ofMillis(1_500);

    private static final Duration FAILOVER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_CUTS = Duration.ofSeconds(2);
    private static final Duration TO_BEGIN = Duration.ofSeconds(30);

    /** As the README recommends it: seconds without a replica's word after which a master accepts nothing. */
    private static final int MAX_LAG_S = 2;
    /** Redis counts the lag in whole seconds, which may be one more in truth, and looks at it once a second. */
    private static final long MAX_LAG_IN_TRUTH_MS = (MAX_LAG_S + 2) * 1_000L;

    private final Vertx vertx = Vertx.vertx();
    private final SingleServerTopology.Fsync fsync;
    private final Random random;
    private final ReplicaGroup group;
    private final List<ProxiedRedis> sentinels = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    SentinelTopology(SingleServerTopology.Fsync fsync, long seed) {
        this.fsync = fsync;
        this.random = new Random(seed);
        List<ProxiedRedis> servers = new ArrayList<>();
        servers.add(server(List.of()));
        for (int i = 1; i < SERVERS; i++) {
            servers.add(
                    server(List.of("replicaof", "127.0.0.1 " + servers.get(0).port())));
        }
        group = new ReplicaGroup(servers, new Named());
        for (int i = 0; i < SENTINELS; i++) {
            sentinels.add(sentinel(servers.get(0).port()));
        }
        group.awaitInStep();
        if (!Until.holds(this::knowOneAnother, TO_BEGIN)) {
            close();
            throw new ChaosException("the sentinels have not found all servers");
        }
    }

    private ProxiedRedis server(List<String> more) {
        return new ProxiedRedis(vertx, (port, announced) -> {
            List<String> settings = new ArrayList<>(fsync.settings());
            settings.addAll(List.of("replica-announce-ip", "127.0.0.1", "replica-announce-port", "" + announced));
            settings.addAll(List.of("repl-diskless-sync-delay", "0"));
            settings.addAll(List.of("min-replicas-to-write", "1", "min-replicas-max-lag", "" + MAX_LAG_S));
            settings.addAll(more);
            return RedisProcess.server(ChaosRun.newDirectory(), port, settings);
        });
    }

    private ProxiedRedis sentinel(int masterPort) {
        return new ProxiedRedis(vertx, (port, announced) -> {
            Path directory = ChaosRun.newDirectory();
            Path file = directory.resolve("sentinel.conf");
            try {
                Files.writeString(
                        file,
                        """
                        sentinel announce-ip 127.0.0.1
                        sentinel announce-port %2$d
                        sentinel monitor %1$s 127.0.0.1 %3$d %4$d
                        sentinel down-after-milliseconds %1$s %5$d
                        sentinel failover-timeout %1$s %6$d
                        """
                                .formatted(
                                        MASTER,
                                        announced,
                                        masterPort,
                                        QUORUM,
                                        DOWN_AFTER.toMillis(),
                                        FAILOVER_TIMEOUT.toMillis()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return RedisProcess.sentinel(directory, port, file);
        });
    }

    private boolean knowOneAnother() {
        return sentinels.stream()
                .allMatch(
                        sentinel -> sentinel.ask("SENTINEL", "REPLICAS", MASTER).size() == SERVERS - 1
                                && sentinel.ask("SENTINEL", "SENTINELS", MASTER).size() == SENTINELS - 1);
    }

    @Override
    public RedisAddress address() {
        return new RedisAddress(
                RedisClientType.SENTINEL,
                sentinels.stream().map(ProxiedRedis::url).toList(),
                MASTER);
    }

    @Override
    public List<Fault> faults() {
        List<ProxiedRedis> all =
                Stream.concat(group.servers().stream(), sentinels.stream()).toList();
        return List.of(new LossOfMaster(List.of(group), random), new Cut(all, random, BETWEEN_CUTS), new Failover());
    }

    @Override
    public List<FaultInterval> intervals() {
        return Topology.takeovers(List.of(group));
    }

    @Override
    public long connections() {
        return Stream.concat(group.running().stream(), sentinels.stream())
                .mapToLong(ProxiedRedis::connections)
                .sum();
    }

    @Override
    public long keys() {
        return group.master().keys();
    }

    @Override
    public long mayForgetMs() {
        return MAX_LAG_IN_TRUTH_MS;
    }

    @Override
    public String description() {
        return "Sentinel: " + SERVERS + " Redis, " + SENTINELS + " sentinels, min-replicas-to-write 1, "
                + "min-replicas-max-lag " + MAX_LAG_S + ", down after " + DOWN_AFTER.toMillis()
                + " ms, appendfsync " + fsync.word();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            sentinels.forEach(ProxiedRedis::close);
            group.close();
            vertx.close();
        }
    }

    /** The server that the sentinels name. */
    private final class Named implements ReplicaGroup.Service {

        /** As soon as each sentinel names it: until then some clients may still be led to the old one. */
        @Override
        public boolean isAt(ProxiedRedis successor) {
            boolean named = sentinels.stream()
                    .map(sentinel -> sentinel.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER))
                    .allMatch(address -> address.get(1).toInteger() == successor.port());
            return named && ReplicaGroup.acceptsWrites(successor, "no-such-key");
        }

        @Override
        public Set<Integer> partitionsOf(ProxiedRedis master) {
            return Set.of(0);
        }
    }

    /** An operator asks for another master, while the old one lives. */
    private final class Failover implements Fault {

        @Override
        public String kind() {
            return "SENTINEL FAILOVER";
        }

        @Override
        public Duration pause() {
            return Duration.ofSeconds(3);
        }

        @Override
        public boolean isPossible() {
            return group.isInStep();
        }

        @Override
        public void strike(FaultLog log) {
            if (!group.claim()) {
                return;
            }
            try {
                long from = System.currentTimeMillis();
                // One that has not looked at the replicas since the last failover knows nobody to promote.
                if (!Until.holds(this::isGranted, TO_BEGIN)) {
                    throw new ChaosException("no sentinel begins a failover");
                }
                log.takeover(kind(), from, group.awaitTakeover());
                group.awaitInStep();
            } finally {
                group.release();
            }
        }

        private boolean isGranted() {
            ProxiedRedis sentinel = sentinels.get(random.nextInt(SENTINELS));
            return sentinel.ask("SENTINEL", "FAILOVER", MASTER).toString().equals("OK");
        }
    }
}
