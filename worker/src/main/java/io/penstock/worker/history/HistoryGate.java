package io.penstock.worker.history;

import io.penstock.common.history.HistoryPolicy;
import io.penstock.worker.run.ClaimGate;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * Back-pressure: while the buffer is full, queues that keep a history claim no jobs. The others go on. What a queue had
 * claimed before, and what had ended and was not stored yet, still comes: at most some 2,400 rows of each queue.
 */
@ApplicationScoped
public class HistoryGate implements ClaimGate {

    private final HistoryBuffer buffer;
    private final HistoryPolicies policies;

    @Inject
    public HistoryGate(HistoryBuffer buffer, HistoryPolicies policies) {
        this.buffer = buffer;
        this.policies = policies;
    }

    @Override
    public boolean isOpen(String queue) {
        return !buffer.isFull() || policies.of(queue).policy() == HistoryPolicy.NONE;
    }
}
