package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/** Payload of {@link ProductJobs#READ_RUN}: asks after a run of the scraper until it has ended, then reads what it found. */
@RegisterForReflection
public record ReadRun(@NotBlank @Size(max = 100) String runId) {}
