package io.penstock.api.operations;

import io.penstock.common.operations.BulkFilter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What is to be done to which jobs. */
@RegisterForReflection
@Schema(name = "BulkOperationRequest")
public record BulkOperationRequest(
        @Schema(
                        enumeration = {"cancel", "delete", "retry", "run-now"},
                        required = true)
                @Nullable
                String action,
        @Schema(
                        description =
                                "Which jobs: those that meet every criterion. Needs a queue, or allQueues: true and "
                                        + "one criterion more",
                        required = true)
                @Nullable
                BulkFilter filter,
        @Schema(description = "True: only count the jobs; default false") @Nullable Boolean dryRun,
        @Schema(
                        enumeration = {"retry", "ignore"},
                        description = "What a retried parent does about its children that have not completed, see "
                                + "the retry of one job; default retry")
                @Nullable
                String children) {}
