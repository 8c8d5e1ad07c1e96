package io.penstock.api.jobs;

import io.penstock.common.job.JobState;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a job by one who wants its result.
 *
 * @param state null: the job is not known (any more)
 * @param type the job's type; null where the job is not known
 * @param result JSON text, perhaps sealed; null: none
 * @param reason why there is no result, or null
 */
record JobResultState(
        @Nullable JobState state, @Nullable String type, @Nullable String result, @Nullable String reason) {

    static final JobResultState UNKNOWN = new JobResultState(null, null, null, null);

    /** True when waiting may bring something. */
    boolean isOpen() {
        return state != null && !state.hasEnded();
    }
}
