package io.penstock.common.maintenance;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link MaintenanceJobs#CLEAN_UP_OLD_DATA}.
 *
 * @param days how old data must be; null: {@link #DEFAULT_DAYS}
 */
public record CleanUpOldData(@Nullable @Min(1) @Max(36_500) Integer days) {

    public static final int DEFAULT_DAYS = 90;
}
