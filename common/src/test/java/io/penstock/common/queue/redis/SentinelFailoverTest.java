package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.RedisNode;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Sentinel makes the replica the master while jobs are enqueued and worked off. */
@Tag("slow")
class SentinelFailoverTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** For so long after the switch an answer of the old master may still be on its way. */
    private static final Duration AFTERGLOW = Duration.ofMillis(500);

    private final RedisNode master = RedisNode.start();
    private final RedisNode replica =
            RedisNode.start("replicaof", "127.0.0.1 " + master.port(), "repl-diskless-sync-delay", "0");
    private final RedisNode sentinel = RedisNode.startSentinel(master);
    private QueueHarness harness;
    private Traffic traffic;

    @BeforeEach
    void startTraffic() {
        await().atMost(PATIENCE).until(() -> replica.info("master_link_status", "INFO", "replication")
                .equals("up"));
        await().atMost(PATIENCE)
                .until(() -> sentinel.run("SENTINEL", "REPLICAS", "mymaster").size() == 1);
        harness = new QueueHarness(RedisFixture.ofSentinel(sentinel), QueuePolicy.defaults(QueueHarness.QUEUE));
        traffic = new Traffic(harness);
        traffic.awaitWorkInEveryPartition();
    }

    @AfterEach
    void stop() {
        traffic.close();
        harness.close();
        sentinel.close();
        replica.close();
        master.close();
    }

    private void awaitSwitch() {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> sentinel.run("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster")
                                .get(1)
                                .toInteger()
                        == replica.port());
    }

    private void failOver() {
        // A sentinel that has not looked at the replica yet knows nobody to promote.
        await().atMost(PATIENCE).ignoreExceptions().until(() -> sentinel.run("SENTINEL", "FAILOVER", "mymaster")
                .toString()
                .equals("OK"));
        awaitSwitch();
    }

    /** What a failover may lose is taken out: nothing is accepted between the replication and the announced switch. */
    @Test
    void losesNothingThatWasReplicatedAndGoesOnInTime() {
        long connections = master.connections();
        long ofSentinel = replica.connections();
        traffic.hold();
        master.awaitReplicationTo(replica);
        failOver();
        // Sentinel tells whoever asks a moment before it tells those who listen.
        await().atMost(PATIENCE).until(() -> master.connections() <= ofSentinel);
        traffic.letGoOn();

        assertThat(traffic.untilWorkInEveryPartition()).isLessThan(Traffic.LEASE.plusSeconds(2));

        traffic.assertAllIsWorkedOff(Set.of());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(replica.connections()).isLessThanOrEqualTo(connections));
    }

    @Test
    void goesOnAtTheNewMasterWhileTheOldOneLives() {
        long connections = master.connections();
        long ofSentinel = replica.connections();
        long replicated = System.nanoTime();
        master.awaitReplicationTo(replica);

        failOver();
        assertThat(traffic.untilWorkInEveryPartition()).isLessThan(Traffic.LEASE.plusSeconds(2));

        // Until they have left it the old master accepts jobs that it will throw away: Sentinel's to lose.
        await().atMost(PATIENCE).until(() -> master.connections() <= ofSentinel);
        long left = System.nanoTime() + AFTERGLOW.toNanos();
        await().atMost(PATIENCE)
                .until(() -> traffic.acceptedIn(0, left, Long.MAX_VALUE).size() >= 20);
        traffic.assertAllIsWorkedOff(traffic.acceptedIn(0, replicated, left));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(replica.connections()).isLessThanOrEqualTo(connections));
    }

    @Test
    @EnabledIfSystemProperty(named = "penstock.test.long", matches = "true")
    void goesOnAtTheReplicaOfAMasterThatDied() {
        long replicated = System.nanoTime();
        master.awaitReplicationTo(replica);

        master.kill();
        long killed = System.nanoTime();
        awaitSwitch();
        traffic.awaitWorkInEveryPartition();

        traffic.assertAllIsWorkedOff(traffic.acceptedIn(0, replicated, killed));
    }
}
