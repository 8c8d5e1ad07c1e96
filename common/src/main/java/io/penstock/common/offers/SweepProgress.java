package io.penstock.common.offers;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a sweep is.
 *
 * @param pagesExpected pages asked for
 * @param pagesDone pages that arrived, those behind the feed's last page included (they count as done and empty)
 * @param offersStored offers stored from these pages
 * @param skippedByReason rows that were not stored because they had no id of their own, by what was wrong with them
 * @param unreadableByField optional fields that did not parse, by name; their offers were stored without them
 * @param chunksDone chunks all of whose pages arrived
 * @param chunksDead chunks that were given up
 * @param finishedAt null while the sweep runs
 */
public record SweepProgress(
        String batchId,
        State state,
        int pagesExpected,
        int pagesDone,
        long offersStored,
        Map<String, Long> skippedByReason,
        Map<String, Long> unreadableByField,
        int chunks,
        int chunksDone,
        int chunksDead,
        Instant startedAt,
        @Nullable Instant finishedAt) {

    /** Where a sweep is in its life. */
    public enum State {
        /** At least one chunk waits or runs. */
        RUNNING,
        /** Every page arrived. */
        COMPLETED,
        /** No chunk waits or runs, and at least one was given up. */
        FAILED;

        static State of(int chunks, int done, int dead) {
            if (done + dead < chunks) {
                return RUNNING;
            }
            return dead == 0 ? COMPLETED : FAILED;
        }
    }
}
