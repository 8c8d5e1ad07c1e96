package io.penstock.common.maintenance;

import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link MaintenanceJobs#CACHE_MAINTENANCE}.
 *
 * @param cursor where an earlier run stopped looking; null: look from the start
 */
public record CacheMaintenance(@Nullable @Pattern(regexp = "\\d{1,20}") String cursor) {}
