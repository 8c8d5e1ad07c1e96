package io.penstock.api.operations;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.operations.BulkFilter;
import io.penstock.common.operations.BulkOperation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A bulk operation and how far it is. */
@RegisterForReflection
@Schema(name = "BulkOperation")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BulkOperationAnswer(
        String id,
        String action,
        BulkFilter filter,
        @Schema(description = "Jobs accepted later are never touched") Instant frozenAt,
        @Schema(enumeration = {"running", "completed", "aborted", "failed"}) String state,
        @Schema(description = "Jobs that were compared with the filter") long examined,
        @Schema(description = "Jobs that were changed, or asked to stop") long done,
        @Schema(description = "Jobs that had moved on when their turn came") long skipped,
        @Schema(description = "Jobs that could not be changed for another reason") long failed,
        @Schema(description = "Name of the key that asked for it") String requestedBy,
        @Nullable String error,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {

    static BulkOperationAnswer of(BulkOperation operation) {
        return new BulkOperationAnswer(
                operation.id().toString(),
                operation.action().text(),
                operation.filter(),
                operation.frozenAt(),
                operation.state().text(),
                operation.progress().examined(),
                operation.progress().done(),
                operation.progress().skipped(),
                operation.progress().failed(),
                operation.requestedByName(),
                operation.error(),
                operation.createdAt(),
                operation.updatedAt(),
                operation.finishedAt());
    }

    /** Some operations, the latest first. */
    @RegisterForReflection
    @Schema(name = "BulkOperations")
    public record Page(List<BulkOperationAnswer> operations) {}

    /** What an operation would do. */
    @RegisterForReflection
    @Schema(name = "BulkDryRun")
    public record Counted(
            @Schema(description = "Jobs that are meant") long matching,
            @Schema(description = "Jobs that were compared with the filter") long examined,
            @Schema(description = "True: there are more jobs than were looked at, so that more may be meant")
                    boolean lowerBound) {}
}
