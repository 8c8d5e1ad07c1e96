package io.penstock.common.examples;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/**
 * Payload of {@link ExampleJobs#DIGEST}.
 *
 * @param text what to digest
 * @param rounds how often; each round costs well under a microsecond
 */
public record Digest(@NotNull @Size(max = 10_000) String text, @Min(1) @Max(100_000_000) int rounds) {}
