package io.penstock.api.tasks;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.penstock.common.queue.PayloadSecrets;
import io.penstock.common.schedule.InvalidScheduleException;
import io.penstock.common.schedule.ScheduledTask;
import io.penstock.common.schedule.TaskDefinition;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One schedule as callers see it. */
@RegisterForReflection
@Schema(name = "Task")
public record TaskAnswer(
        String id,
        String name,
        String description,
        String cronExpression,
        @Schema(description = "The expression in words", examples = "At 09:00, on Monday to Friday") @Nullable
                String schedule,
        String timeZone,
        @Schema(description = "What it does when clocks go back or forward; absent in a zone where they never do")
                @Nullable
                String clockChanges,
        String jobType,
        @Schema(type = SchemaType.OBJECT, implementation = Object.class) @JsonRawValue String payload,
        @Nullable String queue,
        @Nullable Integer maxRetries,
        @Schema(description = "Of one attempt, in ms") @Nullable Long timeout,
        String misfirePolicy,
        String overlapPolicy,
        @Schema(description = "The operator's switch") boolean isActive,
        @Schema(description = "Switched off by the deployment's configuration") boolean suspended,
        @Nullable Instant lastRun,
        @Schema(description = "Null while it is off or unusable, and for a second after a change") @Nullable
                Instant nextRun,
        long executionCount,
        long failureCount,
        @Schema(description = "Why the definition cannot be used as it stands") @Nullable String error,
        @Schema(description = "Ships with the code") boolean declared,
        @Schema(description = "Ships with the code and was changed; can be reset") boolean overridden,
        @Schema(description = "Of an overridden one what the code declares") @Nullable Declared declaration,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    /** A definition as the code has it. */
    @RegisterForReflection
    @Schema(name = "TaskDeclaration")
    public record Declared(
            String name,
            String description,
            String cronExpression,
            String timeZone,
            String jobType,
            @Schema(type = SchemaType.OBJECT, implementation = Object.class) @JsonRawValue String payload,
            @Nullable String queue,
            @Nullable Integer maxRetries,
            @Schema(description = "Of one attempt, in ms") @Nullable Long timeout,
            String misfirePolicy,
            String overlapPolicy) {

        static @Nullable Declared of(@Nullable TaskDefinition definition, PayloadSecrets secrets) {
            if (definition == null) {
                return null;
            }
            Duration timeout = definition.timeout();
            return new Declared(
                    definition.name(),
                    definition.description(),
                    definition.cronExpression(),
                    definition.timeZone(),
                    definition.jobType(),
                    String.valueOf(secrets.masked(definition.jobType(), definition.payload())),
                    definition.queue(),
                    definition.maxRetries(),
                    timeout == null ? null : timeout.toMillis(),
                    definition.misfire().code(),
                    definition.overlap().code());
        }
    }

    static TaskAnswer of(ScheduledTask task, Instant now, PayloadSecrets secrets) {
        TaskDefinition definition = task.definition();
        Duration timeout = definition.timeout();
        return new TaskAnswer(
                task.id(),
                definition.name(),
                definition.description(),
                definition.cronExpression(),
                words(definition),
                definition.timeZone(),
                clockChanges(definition, now),
                definition.jobType(),
                String.valueOf(secrets.masked(definition.jobType(), definition.payload())),
                definition.queue(),
                definition.maxRetries(),
                timeout == null ? null : timeout.toMillis(),
                definition.misfire().code(),
                definition.overlap().code(),
                task.active(),
                task.suspended(),
                task.lastRun(),
                task.nextRun(),
                task.executionCount(),
                task.failureCount(),
                task.definitionError(),
                task.declared(),
                task.overridden(),
                Declared.of(task.declaration(), secrets),
                task.version(),
                task.createdAt(),
                task.updatedAt());
    }

    private static @Nullable String clockChanges(TaskDefinition definition, Instant now) {
        try {
            return definition
                    .expression()
                    .describeClockChanges(definition.zone(), now)
                    .orElse(null);
        } catch (InvalidScheduleException e) {
            return null;
        }
    }

    private static @Nullable String words(TaskDefinition definition) {
        try {
            return definition.expression().describe();
        } catch (InvalidScheduleException e) {
            return null;
        }
    }
}
