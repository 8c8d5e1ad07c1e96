package io.penstock.api.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How everything below {@code /api/tasks} says that it failed, instead of a {@link Problem}. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "TaskFailure")
public record TaskFailure(
        @Schema(examples = "failed") String status,
        String message,
        @Schema(description = "The field or parameter to blame, where one is") @Nullable String field,
        @Schema(description = "The character of the field to blame, from 1, where one is") @Nullable Integer position,
        @Schema(
                        description =
                                "Where a store is unavailable: whether the request may have taken effect all the same",
                        enumeration = {"none", "unknown"})
                @Nullable
                String effect) {

    static TaskFailure of(Problem problem) {
        return new TaskFailure("failed", problem.detail(), problem.field(), null, problem.effect());
    }

    public static TaskFailure of(@Nullable String message) {
        return new TaskFailure("failed", String.valueOf(message), null, null, null);
    }

    public static TaskFailure at(String field, int position, String message) {
        return new TaskFailure("failed", message, field, position == 0 ? null : position, null);
    }
}
