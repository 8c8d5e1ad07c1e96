package io.penstock.api.queues;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Says which jobs of a queue are to be dropped, so that nobody empties a queue by mistake. */
@RegisterForReflection
@Schema(name = "DrainRequest")
public record DrainRequest(
        @Schema(
                        description =
                                "waiting: those that are ready; waiting-and-delayed: also scheduled and retrying ones",
                        enumeration = {"waiting", "waiting-and-delayed"},
                        required = true)
                @Nullable
                String jobs) {}
