package io.penstock.common.batch;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it is now. Its parts group what belongs together.
 *
 * @param parentId the batch that this one counts for; null: none
 * @param config what its handler is told with every item; maybe empty
 * @param result what its items add up to, by name
 */
public record Batch(
        UUID id,
        String type,
        @Nullable String name,
        @Nullable String tenant,
        @Nullable UUID parentId,
        BatchStatus status,
        boolean paused,
        Counts counts,
        Settings settings,
        Times times,
        List<ErrorKind> errors,
        JsonObject config,
        Map<String, Long> result,
        String createdBy,
        String createdByName) {

    /**
     * How many items.
     *
     * @param total so far
     * @param sealed no more will come from outside
     * @param begun were handed out
     * @param retrying failed and wait to run again; not among the failed
     * @param children batches that count for this one
     * @param childrenOpen those of them that have not ended
     * @param childrenFailed those that ended otherwise than completed
     */
    public record Counts(
            long total,
            boolean sealed,
            long begun,
            long retrying,
            long completed,
            long failed,
            long skipped,
            long children,
            long childrenOpen,
            long childrenFailed) {

        /** Items that have ended. */
        public long ended() {
            return completed + failed + skipped;
        }

        /** 0 to 100; 100 only when every item has ended. */
        public int percent() {
            if (total == 0) {
                return sealed ? 100 : 0;
            }
            return ended() >= total ? 100 : (int) Math.min(99, ended() * 100 / total);
        }
    }

    /**
     * How it is worked off.
     *
     * @param sizes the latest changes of the size of chunks
     */
    public record Settings(
            int chunkSize,
            boolean adaptive,
            List<SizeChange> sizes,
            int concurrency,
            int priority,
            ConflictStrategy conflict) {}

    /** The size of chunks was changed. */
    public record SizeChange(Instant at, int from, int to, String why) {}

    /** When what happened. */
    public record Times(
            Instant createdAt,
            @Nullable Instant startAt,
            @Nullable Instant startedAt,
            Instant updatedAt,
            @Nullable Instant finishedAt) {}

    /** Failed items whose errors differ in details only. */
    public record ErrorKind(String fingerprint, String sample, long count) {}

    /** When it was made, by the clock of the process that made it: what batches are listed by. */
    public Instant madeAt() {
        return BatchIds.timeOf(id);
    }

    /** When it will have ended if it goes on as it did so far; null: it has ended, is paused, or nothing is known yet. */
    public @Nullable Instant estimatedEnd() {
        Instant started = times.startedAt;
        long ended = counts.ended();
        if (status != BatchStatus.RUNNING || paused || started == null || ended == 0 || !counts.sealed) {
            return null;
        }
        Duration soFar = Duration.between(started, times.updatedAt);
        double perItem = (double) soFar.toMillis() / ended;
        return times.updatedAt.plusMillis((long) (perItem * Math.max(0, counts.total - ended)));
    }
}
