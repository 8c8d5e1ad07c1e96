package io.penstock.api.jobs;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Jobs of one type to enqueue in one step. */
@RegisterForReflection
@Schema(name = "BulkRequest")
public record BulkRequest(
        @Schema(description = "At least one, at most as many as the deployment's bulk limit") @Nullable
                List<@Nullable JobRequest> jobs) {}
