package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Min;

/** Payload of {@link ProductJobs#COMPETITOR_ANALYSIS}. */
@RegisterForReflection
public record CompetitorAnalysis(@Min(1) long groupId) {}
