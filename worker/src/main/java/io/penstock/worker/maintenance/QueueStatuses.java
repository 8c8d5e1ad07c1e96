package io.penstock.worker.maintenance;

import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Asks every queue of this deployment how full it is, a few at a time. */
@ApplicationScoped
class QueueStatuses {

    private static final int AT_ONCE = 4;

    private final JobQueue queue;
    private final QueuePolicies policies;

    @Inject
    QueueStatuses(JobQueue queue, QueuePolicies policies) {
        this.queue = queue;
        this.policies = policies;
    }

    Uni<List<QueueStatus>> all() {
        List<Uni<QueueStatus>> each = policies.all().stream()
                .map(QueuePolicy::queue)
                .map(queue::status)
                .toList();
        return Uni.join().all(each).usingConcurrencyOf(AT_ONCE).andFailFast();
    }
}
