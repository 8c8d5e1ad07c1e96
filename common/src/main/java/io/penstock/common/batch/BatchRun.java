package io.penstock.common.batch;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.UUID;

/**
 * Works chunks of a batch off, one after the other.
 *
 * @param runner number of this runner in the batch
 * @param generation how often this runner was started
 */
public record BatchRun(@NotNull UUID batchId, @Min(0) int runner, @Min(0) long generation) {

    /** The id of the job, so that a start that is repeated starts nothing. */
    public String jobId() {
        return "batch-" + batchId + "-" + runner + "-" + generation;
    }
}
