package io.penstock.worker.maintain;

import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;

/** Makes jobs ready whose time has come. Safe to run in every worker at once: the script moves each job once. */
final class DuePromoter {

    /** Bounds how long one step holds Redis up, about a millisecond. */
    private static final int BATCH = 200;
    /** After so many batches others get their turn; the next run goes on. */
    private static final int MAX_BATCHES = 25;

    private final QueueMaintainer maintainer;
    private final QueuePolicy policy;
    private final int partition;

    DuePromoter(QueueMaintainer maintainer, QueuePolicy policy, int partition) {
        this.maintainer = maintainer;
        this.policy = policy;
        this.partition = partition;
    }

    /** Answers with the time until the next job is due, empty: none is scheduled. */
    Uni<Optional<Duration>> runOnce() {
        return promote(MAX_BATCHES);
    }

    private Uni<Optional<Duration>> promote(int batchesLeft) {
        return maintainer
                .promoteDue(policy, partition, BATCH)
                .chain(promoted -> promoted.moved() == BATCH && batchesLeft > 1
                        ? promote(batchesLeft - 1)
                        : Uni.createFrom().item(promoted.nextDue()));
    }
}
