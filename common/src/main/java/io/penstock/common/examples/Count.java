package io.penstock.common.examples;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * Payload of {@link ExampleJobs#COUNT}: one chunk of a longer count.
 *
 * @param run names the whole count
 * @param from where this chunk begins
 * @param to where the whole count ends, exclusive
 * @param chunk how many numbers one job counts
 */
public record Count(
        @NotNull @Pattern(regexp = "[A-Za-z0-9_-]{1,50}") String run,
        @Min(0) long from,
        @Min(0) long to,
        @Min(1) int chunk) {}
