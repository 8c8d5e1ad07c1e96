package io.penstock.common.batch;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A chunk that was begun, for whoever looks.
 *
 * @param number from 0 on, in the order in which they were begun
 * @param firstItem the number of its first item
 * @param lastItem the number of its last item
 * @param retry it runs failed items of that range again
 * @param jobId the job that has it, or had it last; null: it was begun by a release that does not say
 * @param worker the process that has it, or had it last; null: not said
 * @param attempts how often it was begun
 * @param completed items of it that were completed when it ran; one that failed then may have run again in another chunk
 * @param finishedAt null while it is in hand
 */
public record BatchChunk(
        long number,
        State state,
        long firstItem,
        long lastItem,
        boolean retry,
        @Nullable String jobId,
        @Nullable String worker,
        int attempts,
        int completed,
        int failed,
        int skipped,
        Instant startedAt,
        @Nullable Instant finishedAt) {

    /** Where a chunk is. */
    public enum State {
        /** In hand. */
        RUNNING,
        /** All of its items have ended, and none failed. */
        COMPLETED,
        /** All of its items have ended, and some failed. */
        FAILED,
        /** Its batch ended without the rest of it. */
        DROPPED;

        static State of(boolean finished, int failed, boolean batchEnded) {
            if (finished) {
                return failed == 0 ? COMPLETED : FAILED;
            }
            return batchEnded ? DROPPED : RUNNING;
        }

        /** How the API writes it. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
