package io.penstock.worker.maintain;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobEvents;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueueMaintainer.HeadStart;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Returns lost jobs to their queue. A job is lost when its lease expired: its worker died or was cut off. After a
 * silence of the store all leases count as renewed. Safe to run
 * in every worker at once: the script looks at the lease itself.
 */
final class LeaseRescuer {

    private static final Logger LOG = Logger.getLogger(LeaseRescuer.class);

    /** Bounds how long one step holds Redis up; the next run comes soon. */
    private static final int BATCH = 100;

    private final QueueMaintainer maintainer;
    private final QueuePolicy policy;
    private final int partition;
    private final Duration lease;
    private final HeadStart headStart;
    private final JobEvents events;

    LeaseRescuer(
            QueueMaintainer maintainer,
            QueuePolicy policy,
            int partition,
            Duration lease,
            HeadStart headStart,
            JobEvents events) {
        this.maintainer = maintainer;
        this.policy = policy;
        this.partition = partition;
        this.lease = lease;
        this.headStart = headStart;
        this.events = events;
    }

    Uni<?> runOnce() {
        return maintainer.rescueLost(policy, partition, lease, headStart, BATCH).invoke(rescued -> {
            if (rescued.returned() + rescued.buried() > 0) {
                LOG.warnf(
                        "queue %s: %d jobs had lost their worker and run again, %d were buried",
                        policy.queue(), rescued.returned(), rescued.buried());
                events.fire(new JobEvent.Rescued(policy.queue(), rescued.returned(), rescued.buried()));
            }
        });
    }
}
