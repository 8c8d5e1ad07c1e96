package io.penstock.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.job.FailureKind;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.Cancellation;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.PayloadCipher;
import io.penstock.common.queue.PayloadSecrets;
import io.penstock.common.trace.TraceParent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One job right now, or the last that the history knows of it. Payload and result are JSON that the platform itself wrote,
 * so they go out as they are, without being read again.
 */
@RegisterForReflection
@Schema(name = "Job")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobAnswer(
        String id,
        String type,
        String queue,
        @Schema(
                        description =
                                "ended, deleted: the queue no longer knows the job. ended: nor does the history know "
                                        + "how it ended, only that attempts failed before; where it keeps failures "
                                        + "only, the job completed",
                        enumeration = {
                            "scheduled",
                            "awaiting_children",
                            "waiting",
                            "active",
                            "retrying",
                            "completed",
                            "dead",
                            "ended",
                            "cancelled",
                            "expired",
                            "deleted"
                        })
                String state,
        int priority,
        @Schema(description = "Attempts started so far") int attempts,
        @Schema(description = "Attempts it may use in all") int maxAttempts,
        @Schema(description = "How often it lost its worker") int stalls,
        @Schema(type = SchemaType.OBJECT, implementation = Object.class) @JsonRawValue @Nullable String payload,
        @Nullable Instant enqueuedAt,
        @Schema(description = "Next start of a scheduled or retrying job") @Nullable Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Schema(description = "Reason of the latest failure, or why it was dropped") @Nullable String error,
        @Schema(
                        description = "How its latest failed attempt failed",
                        enumeration = {"error", "timeout"})
                @Nullable
                String failureKind,
        @Schema(implementation = Object.class, description = "What a completed job returned") @JsonRawValue @Nullable
                String result,
        @Schema(description = "The worker that has or had it") @Nullable String worker,
        @Schema(description = "The group whose turn it shares") @Nullable String group,
        @Schema(description = "Whose work it is") @Nullable String tenant,
        @Schema(description = "Words to find it by") @Nullable List<String> tags,
        @Schema(description = "Not to be started after that") @Nullable Instant expiresAt,
        @Schema(description = "Changes whenever payload or options do; needed to edit it") @Nullable String version,
        @Schema(description = "What became of the wish to stop it while it ran") @Nullable Cancelled cancellation,
        @Schema(description = "The trace in which it was enqueued, where traces are on") @Nullable String traceId,
        @Schema(description = "The job that waits for it, or did") @Nullable String parentId,
        @Schema(description = "The jobs that it waits for, or did; more of them: /api/jobs/{id}/family") @Nullable
                Children children,
        @Schema(description = "The batch whose chunks it works off, or whose end it was called for") @Nullable
                UUID batchId) {

    /** The jobs that a parent was enqueued with. */
    @RegisterForReflection
    @Schema(name = "JobChildren")
    public record Children(
            @Schema(description = "How many there are") int total,
            @Schema(description = "Ids of the first of them, at most 20") List<String> first) {

        static @Nullable Children of(JobView.Related related) {
            return related.children() == 0 ? null : new Children(related.children(), related.firstChildren());
        }
    }

    /** The same without the ids of other jobs. */
    JobAnswer withoutOthers() {
        return parentId == null && children == null
                ? this
                : new JobAnswer(
                        id,
                        type,
                        queue,
                        state,
                        priority,
                        attempts,
                        maxAttempts,
                        stalls,
                        payload,
                        enqueuedAt,
                        dueAt,
                        startedAt,
                        finishedAt,
                        error,
                        failureKind,
                        result,
                        worker,
                        group,
                        tenant,
                        tags,
                        expiresAt,
                        version,
                        cancellation,
                        traceId,
                        null,
                        null,
                        batchId);
    }

    /** What became of the wish to stop a running job. */
    @RegisterForReflection
    @Schema(name = "Cancellation")
    public record Cancelled(
            Instant requestedAt,
            @Schema(
                            description =
                                    "requested: it still runs; acknowledged: it stopped; forced: it had to be cut off",
                            enumeration = {"requested", "acknowledged", "forced"})
                    String status) {

        static @Nullable Cancelled of(@Nullable Cancellation cancellation) {
            return cancellation == null
                    ? null
                    : new Cancelled(
                            cancellation.requestedAt(),
                            cancellation.status().name().toLowerCase(Locale.ROOT));
        }
    }

    /** As everybody may see it: what is encrypted or secret is not there. */
    static JobAnswer of(JobView job, PayloadSecrets secrets) {
        return of(
                job,
                secrets.masked(job.type(), PayloadCipher.redacted(job.payload())),
                PayloadCipher.redacted(job.result()));
    }

    static JobAnswer of(JobView job, @Nullable String payload, @Nullable String result) {
        return new JobAnswer(
                job.id(),
                job.type(),
                job.queue(),
                job.state().name().toLowerCase(Locale.ROOT),
                job.priority(),
                job.attempts(),
                job.maxAttempts(),
                job.stalls(),
                payload,
                job.enqueuedAt(),
                job.dueAt(),
                job.startedAt(),
                job.finishedAt(),
                job.error(),
                wire(job.state() == JobState.COMPLETED ? null : job.failureKind()),
                result,
                job.worker(),
                job.labels().group().orElse(null),
                job.labels().tenant().orElse(null),
                job.labels().tags().isEmpty() ? null : job.labels().tags(),
                job.expiresAt(),
                job.version(),
                Cancelled.of(job.cancellation()),
                traceId(job),
                job.related().parentId(),
                Children.of(job.related()),
                BatchRun.batchOf(job.id()).orElse(null));
    }

    private static @Nullable String traceId(JobView job) {
        String trace = job.trace();
        return trace == null ? null : TraceParent.traceId(trace);
    }

    private static @Nullable String wire(@Nullable FailureKind kind) {
        return kind == null ? null : kind.wire();
    }

    /** How a job ended whose end nobody can tell of any more. */
    private static final String ENDED = "ended";

    /** A job that the queue no longer knows. What is known of an attempt alone is not told as the end of the job. */
    static JobAnswer of(HistoryRow row, PayloadSecrets secrets) {
        return new JobAnswer(
                row.jobId(),
                row.type(),
                row.queue(),
                row.isEnd() ? row.state() : ENDED,
                row.priority(),
                row.attempt(),
                row.maxAttempts(),
                row.stalls(),
                secrets.masked(row.type(), PayloadCipher.redacted(row.payload())),
                row.enqueuedAt(),
                null,
                row.startedAt(),
                row.isEnd() ? row.endedAt() : null,
                row.error(),
                wire(row.failureKind()),
                PayloadCipher.redacted(row.result()),
                row.worker(),
                row.group(),
                row.tenant(),
                row.tags().isEmpty() ? null : row.tags(),
                null,
                null,
                null,
                null,
                null,
                null,
                BatchRun.batchOf(row.jobId()).orElse(null));
    }
}
