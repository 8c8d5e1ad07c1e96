package io.penstock.worker.maintain;

import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;

/**
 * Carries to other partitions what ended jobs left for them. Whoever ends a job does so at once; this is for what was
 * left behind when that failed or its process died.
 */
final class OutgoingForwarder {

    private static final int BATCH = 100;

    private final QueueMaintainer maintainer;
    private final QueuePolicy policy;
    private final int partition;

    OutgoingForwarder(QueueMaintainer maintainer, QueuePolicy policy, int partition) {
        this.maintainer = maintainer;
        this.policy = policy;
        this.partition = partition;
    }

    Uni<?> runOnce() {
        return maintainer.forwardOutgoing(policy, partition, BATCH);
    }
}
