package io.penstock.worker.tend;

import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueTending;
import io.smallrye.mutiny.Uni;

/**
 * Carries to other partitions what ended jobs left for them. Whoever ends a job does so at once; this is for what was
 * left behind when that failed or its process died.
 */
final class Forwarder {

    private static final int BATCH = 100;

    private final QueueTending tending;
    private final QueuePolicy policy;
    private final int partition;

    Forwarder(QueueTending tending, QueuePolicy policy, int partition) {
        this.tending = tending;
        this.policy = policy;
        this.partition = partition;
    }

    Uni<?> runOnce() {
        return tending.carryOutgoing(policy, partition, BATCH);
    }
}
