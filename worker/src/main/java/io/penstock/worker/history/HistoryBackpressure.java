package io.penstock.worker.history;

import io.penstock.common.history.HistoryPolicy;
import io.penstock.worker.run.Backpressure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * Back-pressure: while the buffer is full, queues that keep a history claim no jobs, and from half of that on none beyond
 * their free slots. The others go on.
 */
@ApplicationScoped
public class HistoryBackpressure implements Backpressure {

    private final HistoryBuffer buffer;
    private final HistoryPolicies policies;

    @Inject
    public HistoryBackpressure(HistoryBuffer buffer, HistoryPolicies policies) {
        this.buffer = buffer;
        this.policies = policies;
    }

    @Override
    public boolean isOpen(String queue) {
        return !buffer.isFull() || keepsNothing(queue);
    }

    @Override
    public int room(String queue) {
        return keepsNothing(queue) ? Integer.MAX_VALUE : buffer.room();
    }

    private boolean keepsNothing(String queue) {
        return policies.of(queue).policy() == HistoryPolicy.NONE;
    }
}
