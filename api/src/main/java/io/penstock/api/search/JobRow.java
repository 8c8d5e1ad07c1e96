package io.penstock.api.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.penstock.common.history.ErrorFingerprint;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.job.FailureKind;
import io.penstock.common.queue.JobBrowser;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.PayloadCipher;
import io.penstock.common.queue.PayloadSecrets;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One job in a list, alive or ended. Its payload is JSON that the platform itself wrote, so it goes out as it is. */
@RegisterForReflection
@Schema(name = "JobRow")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobRow(
        String id,
        String type,
        String queue,
        @Schema(
                        description = "failed: an attempt, the job went on",
                        enumeration = {
                            "active",
                            "waiting",
                            "awaiting_children",
                            "retrying",
                            "scheduled",
                            "dead",
                            "completed",
                            "failed",
                            "cancelled",
                            "expired",
                            "deleted"
                        })
                String state,
        @Schema(description = "The time that the list is ordered by") @Nullable Instant at,
        int priority,
        @Schema(description = "Attempts started so far") int attempts,
        int maxAttempts,
        @Schema(description = "How often it lost its worker") int stalls,
        @Nullable String tenant,
        @Nullable String group,
        @Nullable List<String> tags,
        @Nullable Instant enqueuedAt,
        @Nullable Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Long waitMs,
        @Nullable Long runMs,
        @Nullable String worker,
        @Schema(description = "The beginning of the latest error, or why it was dropped") @Nullable String error,
        @Schema(enumeration = {"error", "timeout"}) @Nullable String failureKind,
        @Schema(description = "Equal for errors that differ in details only") @Nullable String fingerprint,
        @Schema(
                        type = SchemaType.OBJECT,
                        implementation = Object.class,
                        description = "Where it was asked for and is not large")
                @JsonRawValue
                @Nullable
                String payload) {

    private static final int ERROR = 500;
    private static final int PAYLOAD = 4_096;

    static JobRow of(JobBrowser.Found found, boolean withPayload) {
        Instant at = found.atMs() == 0 ? found.job().enqueuedAt() : Instant.ofEpochMilli(found.atMs());
        return of(found.job(), at, withPayload);
    }

    static JobRow of(JobView job, @Nullable Instant at, boolean withPayload) {
        String error = job.error();
        String payload = withPayload ? PayloadCipher.redacted(job.payload()) : null;
        return new JobRow(
                job.id(),
                job.type(),
                job.queue(),
                job.state().name().toLowerCase(Locale.ROOT),
                at,
                job.priority(),
                job.attempts(),
                job.maxAttempts(),
                job.stalls(),
                job.labels().tenant().orElse(null),
                job.labels().group().orElse(null),
                job.labels().tags().isEmpty() ? null : job.labels().tags(),
                job.enqueuedAt(),
                job.dueAt(),
                job.startedAt(),
                job.finishedAt(),
                null,
                null,
                job.worker(),
                error == null || error.length() <= ERROR ? error : error.substring(0, ERROR),
                wire(job.failureKind()),
                error == null ? null : ErrorFingerprint.of(error),
                payload == null || payload.length() > PAYLOAD ? null : payload);
    }

    static JobRow of(HistoryRow row, PayloadSecrets secrets) {
        return new JobRow(
                row.jobId(),
                row.type(),
                row.queue(),
                row.state(),
                row.endedAt(),
                row.priority(),
                row.attempt(),
                row.maxAttempts(),
                row.stalls(),
                row.tenant(),
                row.group(),
                row.tags().isEmpty() ? null : row.tags(),
                row.enqueuedAt(),
                null,
                row.startedAt(),
                row.endedAt(),
                row.waitMs(),
                row.runMs(),
                row.worker(),
                row.error(),
                wire(row.failureKind()),
                row.fingerprint(),
                PayloadCipher.redacted(secrets.masked(row.type(), row.payload())));
    }

    private static @Nullable String wire(@Nullable FailureKind kind) {
        return kind == null ? null : kind.wire();
    }
}
