package io.penstock.common.queue;

import io.penstock.common.job.JobLabels;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The end of a job that no worker had in hand, as its partition noted it.
 *
 * @param note names the note; unique in its partition
 * @param state as the history words it: dead, cancelled, deleted, or a word of a newer version's
 * @param attempts attempts used up
 * @param stalls how often the job had lost its worker
 * @param endedAt by the store's clock, to the millisecond; the same however often the note is read
 * @param reason why it died, or who called it off; null: nothing was said
 * @param worker that had it last; null: none had, or it is not known
 */
public record UnreportedEnd(
        String note,
        String jobId,
        String type,
        String state,
        int priority,
        int attempts,
        int maxAttempts,
        int stalls,
        JobLabels labels,
        Instant enqueuedAt,
        Instant endedAt,
        @Nullable String reason,
        @Nullable String worker) {}
