package io.penstock.common.queue;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job that ended well.
 *
 * @param result JSON text, or null
 * @param followUps jobs to be enqueued in the same step
 */
public record FinishedJob(
        ClaimedJob job, Instant startedAt, Instant finishedAt, @Nullable String result, List<NewJob> followUps) {

    public FinishedJob(ClaimedJob job, Instant startedAt, Instant finishedAt, @Nullable String result) {
        this(job, startedAt, finishedAt, result, List.of());
    }
}
