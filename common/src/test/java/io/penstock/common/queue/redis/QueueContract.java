package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueuePolicy;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What contracts of the queue share: an empty queue on one {@link Ground} for each test. To add a contract:
 *
 * <pre>{@code
 * @OnEveryGround
 * class PauseTest extends QueueContract {
 *     PauseTest(Ground ground) {
 *         super(ground);
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

    /** Few stalls and few kept records, so that tests reach the limits. */
    static final PolicyDraft DRAFT = PolicyDraft.of(QueueHarness.QUEUE).maxStalls(2).keepCompleted(10);

    final Ground ground;
    QueueHarness harness;

    QueueContract(Ground ground) {
        this.ground = ground;
    }

    @BeforeEach
    void open() {
        use(draft -> draft);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    /** Starts afresh with a queue of another policy. */
    void use(UnaryOperator<PolicyDraft> change) {
        if (harness != null) {
            harness.close();
        }
        QueuePolicy policy = change.apply(DRAFT.partitions(ground.partitions())).policy();
        harness = new QueueHarness(ground, policy);
    }

    /** Starts afresh with a queue of one partition, which is somewhere in the cluster. */
    void useOnePartition() {
        use(draft -> draft.partitions(1));
    }
}
