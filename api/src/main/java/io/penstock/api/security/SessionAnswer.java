package io.penstock.api.security;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.access.Session;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Who makes requests with this cookie or key. */
@RegisterForReflection
@Schema(name = "Session")
@JsonInclude(JsonInclude.Include.NON_NULL)
record SessionAnswer(
        @Schema(description = "Stable; the id that audit and logs name") String id,
        @Schema(
                        description = "link: logged in by a link of the environment's admin key; nobody's account",
                        enumeration = {"user", "key", "link", "token", "environment"})
                String kind,
        String name,
        @Schema(enumeration = {"viewer", "operator", "admin", "cron"}) String role,
        @Schema(description = "All that the role includes") List<String> roles,
        @Schema(description = "Queues it reaches; absent: all") @Nullable List<String> queues,
        @Schema(description = "The tenant whose jobs it reaches; absent: all") @Nullable String tenant,
        @Schema(description = "To be sent as X-CSRF-Token with all but GET; only with a cookie") @Nullable
                String csrfToken,
        @Schema(description = "Only with a cookie") @Nullable Instant createdAt,
        @Schema(description = "When the session ends unless it is used before; only with a cookie") @Nullable
                Instant expiresAt) {

    static SessionAnswer of(Caller caller) {
        Session session = caller.session().map(OpenSession::session).orElse(null);
        return new SessionAnswer(
                caller.id(),
                caller.kind().text(),
                caller.name(),
                caller.role().text(),
                caller.role().grants().stream().sorted().toList(),
                caller.scope().queues().isEmpty() ? null : caller.scope().queues(),
                caller.scope().tenant().orElse(null),
                caller.session().map(open -> open.token().csrfToken()).orElse(null),
                session == null ? null : session.createdAt(),
                session == null ? null : session.expiresAt());
    }
}
