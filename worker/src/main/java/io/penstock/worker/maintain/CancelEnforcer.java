package io.penstock.worker.maintain;

import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueueMaintainer.HeadStart;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Ends cancelled jobs whose worker does not: it is stuck, cut off, or of a version that knows nothing of cancellation. A
 * worker in good health cuts its handlers off itself when the grace is over, and comes first. Safe to run in every worker
 * at once: the script looks at the note itself.
 */
final class CancelEnforcer {

    private static final Logger LOG = Logger.getLogger(CancelEnforcer.class);

    /** What a worker in good health may be late: the period of its look, and a slow store. */
    static final Duration SLACK = Duration.ofSeconds(2);

    private final QueueMaintainer maintainer;
    private final QueuePolicy policy;
    private final int partition;
    private final HeadStart headStart;

    CancelEnforcer(QueueMaintainer maintainer, QueuePolicy policy, int partition, HeadStart headStart) {
        this.maintainer = maintainer;
        this.policy = policy;
        this.partition = partition;
        this.headStart = headStart;
    }

    Uni<?> runOnce() {
        return maintainer
                .fenceCancelled(
                        policy, partition, policy.attempts().cancelGrace().plus(SLACK), headStart)
                .invoke(taken -> {
                    if (taken > 0) {
                        LOG.warnf(
                                "queue %s: %d cancelled jobs were taken from workers that did not stop them",
                                policy.queue(), taken);
                    }
                });
    }
}
