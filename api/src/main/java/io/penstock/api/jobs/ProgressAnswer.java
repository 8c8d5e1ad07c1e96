package io.penstock.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.queue.JobProgress;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How far a job says it is. */
@RegisterForReflection
@Schema(name = "JobProgress")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProgressAnswer(
        String id,
        @Schema(description = "0 to 100") int percent,
        @Schema(description = "What it is doing") @Nullable String message,
        @Schema(description = "Of total things, where the job counts") @Nullable Long done,
        @Nullable Long total,
        @Schema(description = "In which attempt it said so") int attempt,
        @Schema(description = "When it said so") Instant at) {

    static ProgressAnswer of(String jobId, JobProgress progress) {
        return new ProgressAnswer(
                jobId,
                progress.percent(),
                progress.message(),
                progress.done(),
                progress.total(),
                progress.attempt(),
                progress.at());
    }
}
