package io.penstock.api.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.penstock.common.history.ErrorGroup;
import io.penstock.common.history.HistoryPage;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.HistoryTime;
import io.penstock.common.queue.PayloadCipher;
import io.penstock.common.queue.PayloadSecrets;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One page of the history. */
@RegisterForReflection
@Schema(name = "History")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HistoryAnswer(
        @Schema(description = "Latest end first") List<Entry> entries,
        @Schema(description = "The first instant that was looked at") Instant from,
        @Schema(description = "The first instant that was not") Instant to,
        @Schema(description = "Ask again with this as 'cursor'; absent: there is no more") @Nullable
                String nextCursor) {

    /** One end of a job, or one failed attempt. Result and payload are JSON as PostgreSQL holds it. */
    @RegisterForReflection
    @Schema(name = "HistoryEntry")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entry(
            String jobId,
            String queue,
            String type,
            @Schema(
                            description = "failed: an attempt; the job went on",
                            examples = {"completed", "failed", "dead", "cancelled", "expired", "deleted"})
                    String state,
            @Schema(description = "Which attempt ended; 0: none had started") int attempt,
            int maxAttempts,
            @Schema(description = "How often it had lost its worker") int stalls,
            int priority,
            @Nullable String tenant,
            @Schema(description = "The group whose turn it shared") @Nullable String group,
            List<String> tags,
            Instant enqueuedAt,
            @Nullable Instant startedAt,
            Instant endedAt,
            @Nullable Long waitMs,
            @Nullable Long runMs,
            @Nullable String worker,
            @Schema(description = "Equal for errors that differ in details only") @Nullable String fingerprint,
            @Nullable String error,
            @Schema(enumeration = {"error", "timeout"}) @Nullable String failureKind,
            @Schema(implementation = Object.class) @JsonRawValue @Nullable String result,
            @Schema(implementation = Object.class, description = "Only where the queue keeps payloads")
                    @JsonRawValue
                    @Nullable
                    String payload,
            @Schema(description = "The error was shortened, or result or payload left out, because of their size")
                    boolean shortened) {

        static Entry of(HistoryRow row, PayloadSecrets secrets) {
            return new Entry(
                    row.jobId(),
                    row.queue(),
                    row.type(),
                    row.state(),
                    row.attempt(),
                    row.maxAttempts(),
                    row.stalls(),
                    row.priority(),
                    row.tenant(),
                    row.group(),
                    row.tags(),
                    row.enqueuedAt(),
                    row.startedAt(),
                    row.endedAt(),
                    row.waitMs(),
                    row.runMs(),
                    row.worker(),
                    row.fingerprint(),
                    row.error(),
                    row.failureKind() == null ? null : row.failureKind().wire(),
                    PayloadCipher.redacted(row.result()),
                    secrets.masked(row.type(), PayloadCipher.redacted(row.payload())),
                    row.shortened());
        }
    }

    /** Errors of a time, most frequent first. */
    @RegisterForReflection
    @Schema(name = "ErrorGroups")
    public record Errors(List<Group> groups, Instant from, Instant to) {

        static Errors of(List<ErrorGroup> groups, HistoryTime time) {
            return new Errors(groups.stream().map(Group::of).toList(), time.from(), time.to());
        }
    }

    /** Errors of one job type that differ in details only. */
    @RegisterForReflection
    @Schema(name = "ErrorGroup")
    public record Group(
            String fingerprint,
            String type,
            @Schema(description = "In the time asked for") long count,
            @Schema(description = "As long as the group is known") long total,
            Instant firstSeen,
            Instant lastSeen,
            @Schema(description = "The beginning of the latest one") String sample) {

        static Group of(ErrorGroup group) {
            return new Group(
                    group.fingerprint(),
                    group.type(),
                    group.count(),
                    group.total(),
                    group.firstSeen(),
                    group.lastSeen(),
                    group.sample());
        }
    }

    static HistoryAnswer of(HistoryPage page, PayloadSecrets secrets) {
        return new HistoryAnswer(
                page.rows().stream().map(row -> Entry.of(row, secrets)).toList(),
                page.time().from(),
                page.time().to(),
                page.nextCursor());
    }
}
