package io.penstock.bench.chaos;

import java.util.List;
import java.util.Optional;

/**
 * When work was done, in a partition or in all.
 *
 * @param completions when jobs were completed, in order, epoch ms
 * @param lastAcceptedMs when the last job was accepted that is no fault by itself: those complete late, or never
 * @param outages in which none could be completed
 */
record Progress(List<Long> completions, long lastAcceptedMs, List<FaultInterval> outages) {

    /**
     * How long after a blow's end the next job was completed; {@link Long#MAX_VALUE} or near it: never. Empty after the
     * last job was accepted, when there may be nothing left to complete.
     */
    Optional<Long> wentOnAfter(long endMs) {
        long from = withoutOutages(endMs);
        return from > lastAcceptedMs ? Optional.empty() : Optional.of(nextAfter(from) - from);
    }

    /** From a blow's end, or that of an outage which goes on then or begins before anything is completed. */
    private long withoutOutages(long endMs) {
        long from = endMs;
        for (boolean moved = true; moved; ) {
            moved = false;
            long next = nextAfter(from);
            for (FaultInterval outage : outages) {
                if (outage.fromMs() <= next && outage.toMs() > from) {
                    from = outage.toMs();
                    moved = true;
                }
            }
        }
        return from;
    }

    private long nextAfter(long ms) {
        int low = 0;
        int high = completions.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (completions.get(middle) > ms) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low < completions.size() ? completions.get(low) : Long.MAX_VALUE;
    }
}
