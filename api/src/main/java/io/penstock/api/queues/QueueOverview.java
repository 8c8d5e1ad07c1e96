package io.penstock.api.queues;

import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.function.Predicate;

/** Asks for the status of every queue, a few at a time. */
@ApplicationScoped
class QueueOverview {

    private static final int AT_ONCE = 4;

    private final JobQueue queue;
    private final QueuePolicies policies;

    @Inject
    QueueOverview(JobQueue queue, QueuePolicies policies) {
        this.queue = queue;
        this.policies = policies;
    }

    /** In the order of the names. */
    Uni<List<QueueStatus>> all() {
        return all(queue -> true);
    }

    /** Those of these names, in the order of the names. */
    Uni<List<QueueStatus>> all(Predicate<String> wanted) {
        List<Uni<QueueStatus>> each = policies.all().stream()
                .map(QueuePolicy::queue)
                .filter(wanted)
                .map(queue::status)
                .toList();
        return each.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join().all(each).usingConcurrencyOf(AT_ONCE).andFailFast();
    }
}
