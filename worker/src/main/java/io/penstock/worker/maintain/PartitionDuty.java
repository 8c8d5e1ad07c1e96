package io.penstock.worker.maintain;

import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;
import java.time.Duration;

/**
 * What another package does for each queue partition again and again; found as a bean. One worker does it for a partition,
 * but two may at times, so that it has to be safe for many at once. A turn that fails each time fails the liveness probe:
 * what only a third party can mend is no failure of the turn.
 */
public interface PartitionDuty {

    /** What cannot be done while it fails, as in "cannot ...". */
    String name();

    /** From the end of one turn to the beginning of the next; with {@link Need#UNREPORTED_ENDS} at least. */
    Duration interval();

    /** What it is needed for. */
    default Need need() {
        return Need.ALWAYS;
    }

    /** One turn for one partition. */
    Uni<?> runOnce(QueuePolicy policy, int partition);

    /** When a turn is worth while. */
    enum Need {
        ALWAYS,
        /** Only while ends wait for the history that no worker had in hand. */
        UNREPORTED_ENDS
    }
}
