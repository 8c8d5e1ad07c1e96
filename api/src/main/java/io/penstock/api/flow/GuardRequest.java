package io.penstock.api.flow;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Why a guard is forced or reset. */
@RegisterForReflection
@Schema(name = "GuardRequest")
record GuardRequest(
        @Schema(description = "For those who find it so later; at most 500 characters") @Nullable String reason) {}
