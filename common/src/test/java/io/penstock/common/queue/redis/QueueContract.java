package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueuePolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What contracts of the queue share: an empty queue on one {@link Topology} for each test. To add a contract:
 *
 * <pre>{@code
 * @OnEveryTopology
 * class PauseTest extends QueueContract {
 *     PauseTest(Topology topology) {
 *         super(topology);
 *     }
 *
 *     @Test
 *     void startsNothingWhilePaused() {
 *         harness.enqueue("{}");
 *         …
 *     }
 * }
 * }</pre>
 *
 * <p>The queue has one partition on a single server and three in the cluster. Order, and what is kept, hold within a
 * partition: tests of these say {@link #useOnePartition}.
 */
abstract class QueueContract {

    private static final int FEW = 10;

    final Topology topology;
    QueueHarness harness;

    QueueContract(Topology topology) {
        this.topology = topology;
    }

    /** What the queue has unless a test says otherwise: few stalls and few kept records, so that tests reach the limits. */
    QueuePolicy policy() {
        QueuePolicy policy = QueuePolicy.defaults(QueueHarness.QUEUE)
                .withPartitions(topology.partitions())
                .withKeepCompleted(FEW);
        return Policies.withMaxStalls(policy, 2);
    }

    @BeforeEach
    void open() {
        harness = new QueueHarness(topology, policy());
    }

    @AfterEach
    void close() {
        harness.close();
    }

    /** Starts afresh with a queue of another policy. */
    void use(QueuePolicy policy) {
        harness.close();
        harness = new QueueHarness(topology, policy);
    }

    /** Starts afresh with a queue of one partition, which is somewhere in the cluster. */
    void useOnePartition() {
        use(policy().withPartitions(1));
    }
}
