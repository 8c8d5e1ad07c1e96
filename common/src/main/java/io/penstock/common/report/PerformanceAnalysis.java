package io.penstock.common.report;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link ReportJobs#PERFORMANCE_ANALYSIS}.
 *
 * @param days the report is about so many days before now; null: 7
 */
@RegisterForReflection
public record PerformanceAnalysis(@Nullable @Min(1) @Max(7) Integer days) {}
