package io.penstock.common.operations;

import jakarta.validation.constraints.NotNull;
import java.util.UUID;

/** Works through a bulk operation. */
public record BulkJob(@NotNull UUID operationId) {}
