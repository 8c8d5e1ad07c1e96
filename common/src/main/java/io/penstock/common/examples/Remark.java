package io.penstock.common.examples;

import jakarta.validation.constraints.NotBlank;

/** Payload of {@link ExampleJobs#REMARK}: one item of those that are gathered. */
public record Remark(@NotBlank String text) {}
