package io.penstock.common.diagnostics;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * Payload of {@link DiagnosticsJobs#SLEEP}.
 *
 * @param ms how long the job takes, at most an hour
 */
public record Sleep(@Min(0) @Max(3_600_000) long ms) {}
