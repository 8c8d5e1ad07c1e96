package io.penstock.common.queue;

import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What can be told about one job right now.
 *
 * @param attempts attempts started so far, the running one included
 * @param maxAttempts attempts it may use in all
 * @param stalls how often it lost its worker
 * @param payload JSON text, perhaps sealed, see {@link PayloadCipher}; null where only a retained record is left
 * @param enqueuedAt when it was accepted; null where the store no longer knows
 * @param dueAt next start of a scheduled or retrying job, else null
 * @param startedAt start of the latest attempt as far as known, else null
 * @param finishedAt end of a job that has ended, else null
 * @param error reason of the latest failure, or why it was dropped; else null
 * @param result JSON text a completed job returned, perhaps sealed; else null
 * @param worker id of the worker that holds or held it, else null
 * @param labels group, tenant and tags
 * @param expiresAt not to be started after that, else null
 * @param version changes whenever the job's payload or options do; null where it cannot be changed any more
 * @param cancellation what became of the wish to stop it while it ran; null: nobody wished it
 */
public record JobView(
        String id,
        String type,
        String queue,
        JobState state,
        int priority,
        int attempts,
        int maxAttempts,
        int stalls,
        @Nullable String payload,
        @Nullable Instant enqueuedAt,
        @Nullable Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String error,
        @Nullable String result,
        @Nullable String worker,
        JobLabels labels,
        @Nullable Instant expiresAt,
        @Nullable String version,
        @Nullable Cancellation cancellation) {}
