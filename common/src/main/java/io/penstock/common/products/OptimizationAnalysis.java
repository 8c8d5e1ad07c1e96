package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Min;

/**
 * Payload of {@link ProductJobs#OPTIMIZATION_ANALYSIS}.
 *
 * @param trackedId the tracked product for which suggestions are wanted
 */
@RegisterForReflection
public record OptimizationAnalysis(@Min(1) long trackedId) {}
