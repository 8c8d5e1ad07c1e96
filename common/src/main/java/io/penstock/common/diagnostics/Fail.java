package io.penstock.common.diagnostics;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * Payload of {@link DiagnosticsJobs#FAIL}.
 *
 * @param times attempts that fail before one succeeds
 * @param unrecoverable fail for good at once instead
 */
public record Fail(@Min(0) @Max(100) int times, boolean unrecoverable) {}
