package io.penstock.common.operations;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import java.util.UUID;

/** Works through a bulk operation. */
@RegisterForReflection
public record BulkJob(@NotNull UUID operationId) {}
