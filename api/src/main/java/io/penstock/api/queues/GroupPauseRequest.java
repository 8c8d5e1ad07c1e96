package io.penstock.api.queues;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Says for how long a group is to be paused. */
@RegisterForReflection
@Schema(name = "GroupPauseRequest")
public record GroupPauseRequest(
        @Schema(description = "Milliseconds from now, up to 31 days", required = true) @Nullable Long forMs) {}
