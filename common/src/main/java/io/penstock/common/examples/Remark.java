package io.penstock.common.examples;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;

/** Payload of {@link ExampleJobs#REMARK}: one item of those that are gathered. */
@RegisterForReflection
public record Remark(@NotBlank String text) {}
