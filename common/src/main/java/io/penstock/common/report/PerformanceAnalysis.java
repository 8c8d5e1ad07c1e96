package io.penstock.common.report;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link ReportJobs#PERFORMANCE_ANALYSIS}.
 *
 * @param days the report is about so many days before now; null: 7
 */
public record PerformanceAnalysis(@Nullable @Min(1) @Max(7) Integer days) {}
