package io.penstock.common.cache;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;

/**
 * Payload of {@link CacheJobs#CLEAN_UP}.
 *
 * @param pattern see {@link KeyPattern}
 */
@RegisterForReflection
public record CleanUpCache(@NotBlank String pattern) {}
