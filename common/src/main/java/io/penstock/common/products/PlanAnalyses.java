package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * Payload of {@link ProductJobs#PLAN_ANALYSES}.
 *
 * @param kind {@code competitor}: one for each active group; {@code optimization}: one for each active tracked product
 */
@RegisterForReflection
public record PlanAnalyses(@NotNull @Pattern(regexp = "competitor|optimization") String kind) {}
