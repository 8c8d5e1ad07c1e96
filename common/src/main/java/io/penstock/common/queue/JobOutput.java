package io.penstock.common.queue;

import io.penstock.common.job.JobState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of what a job said: how far it was, and how it ended.
 *
 * @param progress null: none, or no longer kept
 * @param end null: it has not ended, did not ask for its result to be kept, or that time is over
 */
public record JobOutput(@Nullable JobProgress progress, @Nullable End end) {

    public static final JobOutput NOTHING = new JobOutput(null, null);

    /**
     * How a job ended that asked for its result to be kept.
     *
     * @param type the job's type
     * @param state completed, cancelled or expired; dead jobs are kept whole instead
     * @param result JSON text, perhaps sealed, see {@link PayloadCipher}; null: it returned none, or too large a one
     * @param reason why there is no result, or null
     */
    public record End(String type, JobState state, @Nullable String result, @Nullable String reason, Instant at) {}
}
