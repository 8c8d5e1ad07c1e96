package io.penstock.api.jobs;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How a dead job is to come back. */
@RegisterForReflection
@Schema(name = "RetryRequest")
public record RetryRequest(
        @Schema(
                        description =
                                "True: it keeps count of the attempts it has used and has at least one more; default false")
                @Nullable
                Boolean keepAttempts) {}
