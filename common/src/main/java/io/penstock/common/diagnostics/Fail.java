package io.penstock.common.diagnostics;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * Payload of {@link DiagnosticsJobs#FAIL}.
 *
 * @param times attempts that fail before one succeeds
 * @param unrecoverable fail for good at once instead
 */
@RegisterForReflection
public record Fail(@Min(0) @Max(100) int times, boolean unrecoverable) {}
