package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.testing.EmbeddedCluster;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.RedisNode;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The nodes of a cluster change while jobs are enqueued and worked off: nothing is lost, and work goes on by itself. */
@Tag("slow")
class ClusterChangesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static EmbeddedCluster cluster;

    private QueueHarness harness;
    private Traffic traffic;

    @BeforeAll
    static void startCluster() {
        cluster = EmbeddedCluster.start(3, "appendonly", "yes", "appendfsync", "always");
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @BeforeEach
    void startTraffic() {
        cluster.nodes().forEach(node -> {
            if (node.info("role", "INFO", "replication").equals("master")) {
                node.run("FLUSHALL");
            }
        });
        QueuePolicy policy = QueuePolicy.defaults(QueueHarness.QUEUE).withPartitions(3);
        harness = new QueueHarness(RedisFixture.of(cluster), policy);
        traffic = new Traffic(harness);
        traffic.awaitWorkInEveryPartition();
    }

    @AfterEach
    void stopTraffic() {
        traffic.close();
        harness.close();
    }

    private RedisNode ownerOf(int partition) {
        return cluster.ownerOf(RedisKeys.meta(QueueHarness.QUEUE, partition));
    }

    private void assertConnectionsAreAsBefore(long before) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.connections()).isLessThanOrEqualTo(before));
    }

    @Test
    void followsASlotToAnotherNode() {
        long connections = cluster.connections();
        RedisNode from = ownerOf(0);
        RedisNode to = cluster.nodes().stream()
                .filter(node -> !node.equals(from))
                .findFirst()
                .orElseThrow();
        int slot = cluster.slotOf(RedisKeys.meta(QueueHarness.QUEUE, 0));

        cluster.moveSlot(slot, from, to);
        traffic.awaitWorkInEveryPartition();
        cluster.moveSlot(slot, to, from);
        traffic.awaitWorkInEveryPartition();

        assertConnectionsAreAsBefore(connections);
        traffic.assertAllIsWorkedOff(Set.of());
        assertThat(traffic.failedEnqueues).as("failed enqueues").hasValue(0);
    }

    /** What replication may lose is taken out: nothing is accepted between the replication and the death. */
    @Test
    void losesNothingThatWasReplicatedAndGoesOnInTime() {
        RedisNode master = ownerOf(2);
        RedisNode replica = cluster.addReplicaOf(master);
        traffic.awaitWorkInEveryPartition();
        long connections = cluster.connections();

        traffic.hold();
        master.awaitReplicationTo(replica);
        master.kill();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> ownerOf(2).isRunning());
        traffic.letGoOn();

        assertThat(traffic.untilWorkInEveryPartition()).isLessThan(Traffic.LEASE.plusSeconds(2));

        assertConnectionsAreAsBefore(connections);
        traffic.assertAllIsWorkedOff(Set.of());
        master.startAgain();
        cluster.awaitHealth();
    }

    @Test
    void goesOnAtTheReplicaOfAMasterThatDied() {
        RedisNode master = ownerOf(1);
        RedisNode replica = cluster.addReplicaOf(master);
        traffic.awaitWorkInEveryPartition();
        long connections = cluster.connections();

        long replicated = System.nanoTime();
        master.awaitReplicationTo(replica);
        master.kill();
        long killed = System.nanoTime();
        await().atMost(PATIENCE)
                .until(() -> traffic.doneSince(1, killed) > 0 && ownerOf(1).isRunning());
        traffic.awaitWorkInEveryPartition();

        assertConnectionsAreAsBefore(connections);
        // What was accepted between the last replication that is known and the death is Redis's to lose.
        traffic.assertAllIsWorkedOff(traffic.acceptedIn(1, replicated, killed));
        master.startAgain();
        cluster.awaitHealth();
    }

    @Test
    @EnabledIfSystemProperty(named = "penstock.test.long", matches = "true")
    void goesOnAfterANodeCameBack() {
        RedisNode master = ownerOf(2);
        long connections = cluster.connections();

        master.kill();
        master.startAgain();
        traffic.awaitWorkInEveryPartition();

        assertConnectionsAreAsBefore(connections);
        traffic.assertAllIsWorkedOff(Set.of());
    }
}
