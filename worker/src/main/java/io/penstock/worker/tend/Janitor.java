package io.penstock.worker.tend;

import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueTending;
import io.smallrye.mutiny.Uni;
import java.time.Duration;

/**
 * Forgets consumers of workers that are long gone, keys and groups that nobody holds: a year of deployments leaves no
 * trace in Redis. Keeps what is kept of ended jobs within its bytes.
 */
final class Janitor {

    /** Far beyond any lease and any pause of a live worker. */
    private static final Duration GONE = Duration.ofHours(1);

    private final QueueTending tending;
    private final QueuePolicy policy;
    private final int partition;

    Janitor(QueueTending tending, QueuePolicy policy, int partition) {
        this.tending = tending;
        this.policy = policy;
        this.partition = partition;
    }

    Uni<?> runOnce() {
        return tending.forgetIdleWorkers(policy, partition, GONE)
                .chain(forgotten -> tending.sweepLeftovers(policy, partition))
                .chain(swept -> tending.trimBytes(policy, partition));
    }
}
