package io.penstock.common.cache;

import jakarta.validation.constraints.NotBlank;

/**
 * Payload of {@link CacheJobs#CLEAN_UP}.
 *
 * @param pattern see {@link KeyPattern}
 */
public record CleanUpCache(@NotBlank String pattern) {}
