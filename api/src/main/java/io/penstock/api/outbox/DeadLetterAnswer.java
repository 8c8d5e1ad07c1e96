package io.penstock.api.outbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.api.request.ListPage;
import io.penstock.common.outbox.DeadLetter;
import io.penstock.common.page.PageCursor;
import io.penstock.common.queue.PayloadCipher;
import io.penstock.common.queue.PayloadSecrets;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A row of the outbox that cannot become a job. */
@RegisterForReflection
@Schema(name = "DeadLetter")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLetterAnswer(
        @Schema(description = "Number of the row, to retry or delete it") String id,
        String jobId,
        String type,
        @Schema(description = "The first 1000 characters, as text") String payload,
        @Schema(description = "The first 1000 characters, as text") String options,
        @Nullable String orderingKey,
        @Schema(description = "What is wrong, with the field where one is to blame") String reason,
        Instant createdAt,
        Instant refusedAt) {

    static DeadLetterAnswer of(DeadLetter row, PayloadSecrets secrets) {
        return new DeadLetterAnswer(
                Long.toString(row.id()),
                row.jobId(),
                row.type(),
                Objects.requireNonNull(secrets.masked(row.type(), PayloadCipher.redacted(row.payload()))),
                row.options(),
                row.orderingKey(),
                row.reason(),
                row.createdAt(),
                row.refusedAt());
    }

    /** A page of them. */
    @RegisterForReflection
    @Schema(name = "DeadLetters")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(
            List<DeadLetterAnswer> deadLetters,
            @Schema(description = "Ask again with after set to this; absent: there are no more") @Nullable
                    String nextAfter) {

        static Page of(List<DeadLetter> rows, ListPage page, PayloadSecrets secrets) {
            List<DeadLetterAnswer> deadLetters =
                    rows.stream().map(row -> DeadLetterAnswer.of(row, secrets)).toList();
            return new Page(deadLetters, page.next(deadLetters, last -> PageCursor.of(last.id())));
        }
    }
}
