package io.penstock.common.examples;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * Payload of {@link ExampleJobs#WATCH}.
 *
 * @param looks how often to look
 * @param everyMs pause between two looks, in ms
 */
public record Watch(@Min(1) @Max(100_000) int looks, @Min(1) @Max(60_000) long everyMs) {}
