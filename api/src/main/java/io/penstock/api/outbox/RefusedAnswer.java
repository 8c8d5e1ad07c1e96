package io.penstock.api.outbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.outbox.RefusedRow;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A row of the outbox that cannot become a job. */
@RegisterForReflection
@Schema(name = "RefusedRow")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RefusedAnswer(
        @Schema(description = "Number of the row, to retry or delete it") String id,
        String jobId,
        String type,
        @Schema(description = "The first 1000 characters, as text") String payload,
        @Schema(description = "The first 1000 characters, as text") String options,
        @Nullable String orderingKey,
        @Schema(description = "What is wrong, with the field where one is to blame") String reason,
        Instant createdAt,
        Instant refusedAt) {

    static RefusedAnswer of(RefusedRow row) {
        return new RefusedAnswer(
                Long.toString(row.id()),
                row.jobId(),
                row.type(),
                row.payload(),
                row.options(),
                row.orderingKey(),
                row.reason(),
                row.createdAt(),
                row.refusedAt());
    }

    /** A page of them. */
    @RegisterForReflection
    @Schema(name = "RefusedRows")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(
            List<RefusedAnswer> refused,
            @Schema(description = "Ask again with after set to this; absent: there are no more") @Nullable
                    String nextAfter) {

        static Page of(List<RefusedRow> rows, int limit) {
            List<RefusedAnswer> refused = rows.stream().map(RefusedAnswer::of).toList();
            return new Page(
                    refused,
                    refused.size() < limit
                            ? null
                            : refused.get(refused.size() - 1).id());
        }
    }
}
