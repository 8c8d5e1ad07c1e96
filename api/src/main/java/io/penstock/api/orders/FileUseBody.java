package io.penstock.api.orders;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a file is for: exactly one of the two. */
@RegisterForReflection
@Schema(name = "FileUse")
public record FileUseBody(
        @Schema(description = "The user whose avatar it becomes", examples = "ada@example.org") @Nullable String email,
        @Schema(description = "The concert whose poster it becomes") @Nullable Long concertId) {}
