package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link ProductJobs#PLAN_UPDATES}.
 *
 * @param frequency {@code hourly}, {@code six_hourly} or {@code daily}: items that somebody tracks like this; null: all that are
 *     tracked
 * @param priority of each update; null: as {@link UpdatePriority} has it
 */
@RegisterForReflection
public record PlanUpdates(
        @Nullable @Pattern(regexp = "hourly|six_hourly|daily") String frequency,
        @Nullable @Min(0) @Max(10) Integer priority) {}
