package io.penstock.api.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.penstock.common.audit.AuditEntry;
import io.penstock.common.audit.AuditQuery;
import io.penstock.common.audit.AuditStore;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One page of the audit. */
@RegisterForReflection
@Schema(name = "Audit")
@JsonInclude(JsonInclude.Include.NON_NULL)
record AuditAnswer(
        @Schema(description = "Latest first") List<Entry> entries,
        @Schema(description = "The first instant that was looked at") Instant from,
        @Schema(description = "The first instant that was not") Instant to,
        @Schema(description = "Ask again with this as 'cursor'; absent: there is no more") @Nullable
                String nextCursor) {

    /** Who did what. */
    @RegisterForReflection
    @Schema(name = "AuditEntry")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(
            String id,
            Instant at,
            String actorId,
            String actor,
            @Schema(enumeration = {"user", "key", "link", "token", "environment"}) String actorKind,
            @Nullable String role,
            @Schema(description = "The resource and what was done to it", examples = "queues.pause") String action,
            @Nullable String target,
            @Schema(enumeration = {"done", "denied", "refused", "failed"}) String outcome,
            @Schema(description = "The HTTP status of the answer") int status,
            @Schema(implementation = Object.class) @JsonRawValue @Nullable String before,
            @Schema(implementation = Object.class) @JsonRawValue @Nullable String after,
            @Schema(description = "Where the request came from") String address,
            @Nullable String userAgent) {

        static Entry of(AuditEntry entry) {
            return new Entry(
                    entry.id().toString(),
                    entry.at(),
                    entry.actor().id(),
                    entry.actor().name(),
                    entry.actor().kind(),
                    entry.role(),
                    entry.action(),
                    entry.target(),
                    entry.outcome().wire(),
                    entry.status(),
                    entry.before(),
                    entry.after(),
                    entry.address(),
                    entry.userAgent());
        }
    }

    static AuditAnswer of(AuditQuery query, AuditStore.Page page) {
        return new AuditAnswer(
                page.entries().stream().map(Entry::of).toList(), query.from(), query.to(), page.nextCursor());
    }
}
