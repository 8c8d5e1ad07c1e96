package io.penstock.api.tasks;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.penstock.common.queue.PayloadCipher;
import io.penstock.common.schedule.TaskExecution;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One run of a schedule as callers see it. */
@RegisterForReflection
@Schema(name = "TaskExecution")
public record ExecutionAnswer(
        long id,
        String taskId,
        @Schema(description = "The instant it was due") Instant scheduledFor,
        @Schema(description = "Of the job where known, else of its enqueue") @Nullable Instant startTime,
        @Nullable Instant endTime,
        @Schema(description = "running, completed, failed, timeout or skipped") String status,
        @Schema(type = SchemaType.OBJECT, implementation = Object.class, description = "What the job returned")
                @JsonRawValue
                @Nullable
                String result,
        @Nullable String error,
        @Schema(description = "Of the job, in ms") @Nullable Long executionTime,
        @Schema(description = "cron, manual or catch-up") String trigger,
        @Nullable String jobId,
        @Schema(description = "From the instant to the job in its queue, in ms") @Nullable Long lateness,
        @Schema(description = "How many earlier instants, missed in an outage, this one stands for") int missed) {

    static ExecutionAnswer of(TaskExecution execution) {
        return new ExecutionAnswer(
                execution.id(),
                execution.taskId(),
                execution.scheduledFor(),
                execution.startTime(),
                execution.endTime(),
                execution.status(),
                PayloadCipher.redacted(execution.result()),
                execution.error(),
                execution.executionTime(),
                execution.trigger(),
                execution.jobId(),
                execution.lateness(),
                execution.missed());
    }
}
