package io.penstock.common.batch;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Works chunks of a batch off, one after the other.
 *
 * @param runner number of this runner in the batch
 * @param generation how often this runner was started
 */
public record BatchRun(@NotNull UUID batchId, @Min(0) int runner, @Min(0) long generation) {

    /** Ids of runs, and of the jobs that a batch calls when it ends. */
    private static final Pattern OF_BATCH = Pattern.compile("batch-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-"
            + "(?:\\d{1,9}-\\d{1,18}|on-(?:complete|success|failure))");

    /** The batch that a job with this id works for, or is called by. */
    public static Optional<UUID> batchOf(String jobId) {
        Matcher found = OF_BATCH.matcher(jobId);
        return found.matches() ? Optional.of(UUID.fromString(found.group(1))) : Optional.empty();
    }

    /** The id of the job, so that a start that is repeated starts nothing. */
    public String jobId() {
        return "batch-" + batchId + "-" + runner + "-" + generation;
    }
}
