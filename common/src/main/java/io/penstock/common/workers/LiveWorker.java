package io.penstock.common.workers;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A worker process as the board knows it.
 *
 * @param order the latest that it was given; empty: none
 * @param seenAt its latest heartbeat, by Redis's clock
 * @param silence how long ago that was
 */
public record LiveWorker(
        String id,
        WorkerProfile profile,
        WorkerState state,
        Optional<WorkerOrder> order,
        Instant seenAt,
        Duration silence) {

    /** A process that has said nothing for so long is lost: five heartbeats have not come. */
    public static final Duration LOST_AFTER = Duration.ofSeconds(10);

    public boolean isLost() {
        return silence.compareTo(LOST_AFTER) > 0;
    }

    /** Alive, and takes jobs. */
    public boolean isTaking() {
        return !isLost() && state.activity().equals(WorkerState.RUNNING);
    }

    /** An order that it has not taken up yet; empty: none is left. */
    public Optional<WorkerOrder> pendingOrder() {
        return order.filter(wanted -> !isLost() && !isDone(wanted));
    }

    private boolean isDone(WorkerOrder wanted) {
        return switch (wanted) {
            case QUIET -> !state.activity().equals(WorkerState.RUNNING);
            case RESUME -> state.activity().equals(WorkerState.RUNNING);
            case STOP -> state.activity().equals(WorkerState.STOPPING);
        };
    }
}
