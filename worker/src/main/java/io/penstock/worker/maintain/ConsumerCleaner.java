package io.penstock.worker.maintain;

import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;
import java.time.Duration;

/**
 * Forgets consumers of workers that are long gone, keys and groups that nobody holds: a year of deployments leaves no
 * trace in Redis. Keeps what is kept of ended jobs within its bytes.
 */
final class ConsumerCleaner {

    /** Far beyond any lease and any pause of a live worker. */
    private static final Duration GONE = Duration.ofHours(1);

    private final QueueMaintainer maintainer;
    private final QueuePolicy policy;
    private final int partition;

    ConsumerCleaner(QueueMaintainer maintainer, QueuePolicy policy, int partition) {
        this.maintainer = maintainer;
        this.policy = policy;
        this.partition = partition;
    }

    Uni<?> runOnce() {
        return maintainer
                .forgetIdleWorkers(policy, partition, GONE)
                .chain(forgotten -> maintainer.sweepLeftovers(policy, partition))
                .chain(swept -> maintainer.trimBytes(policy, partition));
    }
}
