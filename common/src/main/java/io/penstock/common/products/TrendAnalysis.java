package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * Payload of {@link ProductJobs#TREND_ANALYSIS}.
 *
 * @param timeRange days to look back: {@code 7d}, {@code 30d}, {@code 90d} or {@code 365d}
 */
@RegisterForReflection
public record TrendAnalysis(
        @NotNull @Pattern(regexp = "7d|30d|90d|365d", message = "must be 7d, 30d, 90d or 365d") String timeRange) {

    public int days() {
        return Integer.parseInt(timeRange.substring(0, timeRange.length() - 1));
    }
}
