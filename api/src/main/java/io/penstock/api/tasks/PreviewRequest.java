package io.penstock.api.tasks;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An expression to be tried before it is saved. */
@RegisterForReflection
@Schema(name = "TaskPreviewRequest")
public record PreviewRequest(
        @Schema(examples = "30 2 * * SUNL") @Nullable String cronExpression,
        @Schema(description = "Default Asia/Taipei") @Nullable String timeZone,
        @Schema(description = "Instants after this time; default now", examples = "2027-03-01T00:00:00Z") @Nullable
                String from,
        @Schema(description = "How many, 1 to 100; default 10") @Nullable Integer count) {}
