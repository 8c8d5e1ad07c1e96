package io.penstock.worker.batch;

import io.penstock.common.batch.Chunk;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.batch.ItemStatus;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.job.SnoozeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What came of one run of a chunk by a job that is not the platform's.
 *
 * @param chunk as it was before
 * @param tried its items that were tried, in the order they ended
 */
public record HeldChunk(Chunk chunk, List<Tried> tried) {

    /** How items that failed wait until they come again, unless an upstream wants to be left alone for longer. */
    private static final RetryPolicy WAITS = RetryPolicy.exponential(Duration.ofSeconds(1));

    /**
     * What became of an item.
     *
     * @param result what is recorded; of one that was put off nothing is
     * @param failure how its handler failed; null: it answered
     */
    public record Tried(Chunk.Item item, ItemResult result, @Nullable Throwable failure) {

        /** It has no result yet. */
        boolean isLeft() {
            return comesAgain() || failure instanceof SnoozeException;
        }

        /** It failed, and is to be tried again. */
        boolean comesAgain() {
            return result.status() == ItemStatus.PROCESSING && !(failure instanceof SnoozeException);
        }

        Duration wantedDelay() {
            Optional<Duration> wanted =
                    failure instanceof UpstreamFaultException fault ? fault.retryAfter() : Optional.empty();
            return wanted.orElseGet(() -> WAITS.delayAfter(item.failures() + 1, ThreadLocalRandom.current()));
        }
    }
}
