package io.penstock.common.operations;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobActionResult;
import io.penstock.common.queue.JobAdmin;
import io.smallrye.mutiny.Uni;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What is done to each job of a bulk operation. */
public enum BulkAction {
    CANCEL,
    DELETE,
    RETRY,
    RUN_NOW;

    /** The states in which it can take effect; a filter without states means these. */
    public Set<JobState> states() {
        return switch (this) {
            case CANCEL ->
                EnumSet.of(
                        JobState.SCHEDULED,
                        JobState.AWAITING_CHILDREN,
                        JobState.WAITING,
                        JobState.ACTIVE,
                        JobState.RETRYING);
            case DELETE ->
                EnumSet.of(
                        JobState.SCHEDULED,
                        JobState.AWAITING_CHILDREN,
                        JobState.WAITING,
                        JobState.RETRYING,
                        JobState.DEAD);
            case RETRY -> EnumSet.of(JobState.DEAD);
            case RUN_NOW -> EnumSet.of(JobState.SCHEDULED, JobState.RETRYING);
        };
    }

    /** @param why told to those who look at a cancelled job */
    Uni<JobActionResult> apply(JobAdmin jobAdmin, String jobId, String why) {
        return switch (this) {
            case CANCEL -> jobAdmin.cancel(jobId, why);
            case DELETE -> jobAdmin.delete(jobId);
            case RETRY -> jobAdmin.retry(jobId, true);
            case RUN_NOW -> jobAdmin.runNow(jobId);
        };
    }

    /** As it is written in requests, answers and the table. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<BulkAction> of(String text) {
        return Arrays.stream(values())
                .filter(action -> action.text().equals(text))
                .findFirst();
    }
}
