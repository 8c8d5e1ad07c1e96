package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueuePolicy;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import org.jspecify.annotations.Nullable;

/**
 * Whatever sequence of operations a queue goes through, it does what a simple model does: the same jobs in the same
 * states, the same counts, the same order. A sequence that makes a difference is shortened and printed with its seed.
 */
@Tag("slow")
class QueueModelTest {

    private static final int MAX_STEPS = 40;

    private @Nullable QueueHarness harness;

    @AfterProperty
    void close() {
        if (harness != null) {
            harness.close();
            harness = null;
        }
    }

    @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
    void behavesAsItsModelOnOneServer(@ForAll("onOneServer") ActionChain<QueueUnderTest> sequence) {
        sequence.run().checkEverything();
    }

    @Property(tries = 10, shrinking = ShrinkingMode.BOUNDED)
    void behavesAsItsModelInACluster(@ForAll("inACluster") ActionChain<QueueUnderTest> sequence) {
        sequence.run().checkEverything();
    }

    @Provide
    Arbitrary<ActionChain<QueueUnderTest>> onOneServer() {
        return sequences(Topology.STANDALONE);
    }

    @Provide
    Arbitrary<ActionChain<QueueUnderTest>> inACluster() {
        return sequences(Topology.CLUSTER);
    }

    private Arbitrary<ActionChain<QueueUnderTest>> sequences(Topology topology) {
        ActionChainArbitrary<QueueUnderTest> chains = ActionChain.startWith(() -> startOn(topology));
        for (Operation operation : Operations.ALL) {
            chains = chains.withAction(operation.weight(), operation);
        }
        return chains.withMaxTransformations(MAX_STEPS);
    }

    /** Order holds within a partition, so that there is one; all completed and dead jobs are kept, to be compared. */
    private QueueUnderTest startOn(Topology topology) {
        if (harness == null) {
            QueuePolicy policy = QueuePolicy.defaults(QueueHarness.QUEUE)
                    .withPartitions(1)
                    .withKeepCompleted(1_000)
                    .withGroups(new QueuePolicy.GroupPolicy(QueueModel.GROUP_CONCURRENCY, Optional.empty()));
            harness = new QueueHarness(topology, Policies.withMaxStalls(policy, 2));
        }
        harness.closeWorkers();
        return new QueueUnderTest(harness);
    }
}
