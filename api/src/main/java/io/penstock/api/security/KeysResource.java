package io.penstock.api.security;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.api.audit.AuditTrail;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobLabels;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Makes, lists and revokes API keys. */
@Path("/api/keys")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Keys", description = "API keys and their roles")
@NeedsDatabase
public class KeysResource {

    private static final int MAX_NAME_LENGTH = 100;
    private static final int MAX_DAYS = 3650;
    private static final Logger LOG = Logger.getLogger(KeysResource.class);

    private final ApiKeyStore store;
    private final ApiKeyCache recent;
    private final SecurityIdentity identity;
    private final AuditTrail trail;
    private final ApiKeyGenerator generator = new ApiKeyGenerator();

    /** What to make. */
    @RegisterForReflection
    @Schema(name = "NewKey")
    public record NewKey(
            @Schema(description = "Who or what will use it, 1 to 100 characters", examples = "billing service")
                    @Nullable
                    String name,
            @Schema(
                            description = "What it may do",
                            enumeration = {"viewer", "operator", "admin"})
                    @Nullable
                    String role,
            @Schema(description = "Days until it ends, 1 to 3650; absent: it does not end") @Nullable
                    Integer expiresInDays,
            @Schema(
                            description = "Queues it reaches: names, or beginnings followed by *; absent: all",
                            examples = "[\"orders\",\"offers-*\"]")
                    @Nullable
                    List<@Nullable String> queues,
            @Schema(description = "The tenant whose jobs it reaches, and no others; absent: all") @Nullable
                    String tenant) {}

    /** A key just made. */
    @RegisterForReflection
    @Schema(name = "MintedKey")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Minted(
            String id,
            String name,
            String role,
            @Schema(description = "Absent: all queues") @Nullable List<String> queues,
            @Schema(description = "Absent: all tenants") @Nullable String tenant,
            @Schema(description = "The key. Shown this once and never again") String key,
            Instant createdAt,
            @Nullable Instant expiresAt) {}

    /** A key as it is listed. */
    @RegisterForReflection
    @Schema(name = "Key")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Listed(
            String id,
            String name,
            String role,
            @Schema(description = "Absent: all queues") @Nullable List<String> queues,
            @Schema(description = "Absent: all tenants") @Nullable String tenant,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Instant revokedAt,
            @Schema(description = "Accurate to some minutes") @Nullable Instant lastUsedAt) {

        static Listed of(ApiKey key) {
            return new Listed(
                    key.id().toString(),
                    key.name(),
                    key.role().text(),
                    shown(key.scope().queues()),
                    key.scope().tenant().orElse(null),
                    key.createdAt(),
                    key.expiresAt(),
                    key.revokedAt(),
                    key.lastUsedAt());
        }
    }

    /** All keys. */
    @RegisterForReflection
    @Schema(name = "Keys")
    public record KeyList(List<Listed> keys) {}

    @Inject
    KeysResource(ApiKeyStore store, ApiKeyCache recent, SecurityIdentity identity, AuditTrail trail) {
        this.store = store;
        this.recent = recent;
        this.identity = identity;
        this.trail = trail;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.ADMINISTER)
    @Operation(
            summary = "Make a key",
            description = "The answer holds the key. It is not stored and cannot be shown again.")
    public Uni<RestResponse<Minted>> add(@Nullable NewKey body) {
        String name = checkedName(body);
        Role role = checkedRole(body);
        Integer days = checkedDays(body);
        Scope scope = checkedScope(body);
        String key = generator.newKey();
        return store.add(name, role, scope, KeyHash.of(key), days)
                .invoke(made -> LOG.infof("key %s (%s) was made by %s", made.id(), role.text(), caller()))
                .map(made -> RestResponse.ResponseBuilder.<Minted>create(RestResponse.Status.CREATED)
                        .location(URI.create("/api/keys/" + made.id()))
                        .entity(new Minted(
                                made.id().toString(),
                                made.name(),
                                role.text(),
                                shown(made.scope().queues()),
                                made.scope().tenant().orElse(null),
                                key,
                                made.createdAt(),
                                made.expiresAt()))
                        .build());
    }

    @GET
    @RolesAllowed(Role.ADMINISTER)
    @Operation(summary = "List keys", description = "The newest thousand, without the keys themselves.")
    public Uni<KeyList> list() {
        return store.list()
                .map(keys -> new KeyList(keys.stream().map(Listed::of).toList()));
    }

    @DELETE
    @Path("/{id}")
    @RolesAllowed(Role.ADMINISTER)
    @Operation(
            summary = "Revoke a key",
            description = "It stops working at once here, and on other replicas within the key cache's seconds.")
    public Uni<RestResponse<Void>> revoke(@Parameter(description = "Id of the key") @PathParam("id") String id) {
        UUID keyId = checkedId(id);
        return store.revoke(keyId).map(revoked -> {
            if (revoked.isEmpty()) {
                throw noSuchKey();
            }
            recent.forget(keyId);
            trail.after(Listed.of(revoked.get()));
            LOG.infof("key %s was revoked by %s", keyId, caller());
            return RestResponse.noContent();
        });
    }

    private String caller() {
        return Caller.of(identity).id();
    }

    private static String checkedName(@Nullable NewKey body) {
        String name = body == null || body.name() == null ? "" : body.name().strip();
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(Character::isISOControl)) {
            throw invalid("name", "must be 1 to " + MAX_NAME_LENGTH + " printable characters");
        }
        return name;
    }

    private static Role checkedRole(@Nullable NewKey body) {
        String role = body == null || body.role() == null ? "" : body.role();
        return Role.ofKey(role).orElseThrow(() -> invalid("role", "must be viewer, operator or admin"));
    }

    private static @Nullable Integer checkedDays(@Nullable NewKey body) {
        Integer days = body == null ? null : body.expiresInDays();
        if (days != null && (days < 1 || days > MAX_DAYS)) {
            throw invalid("expiresInDays", "must be a whole number from 1 to " + MAX_DAYS);
        }
        return days;
    }

    private static Scope checkedScope(@Nullable NewKey body) {
        List<@Nullable String> queues = body == null || body.queues() == null ? List.of() : body.queues();
        if (body != null && body.queues() != null && (queues.isEmpty() || queues.size() > Scope.MOST_QUEUES)) {
            throw invalid("queues", "must hold 1 to " + Scope.MOST_QUEUES + " queues");
        }
        List<String> checked = new ArrayList<>(queues.size());
        for (int i = 0; i < queues.size(); i++) {
            String queue = queues.get(i);
            if (queue == null || !Scope.isQueuePattern(queue)) {
                throw invalid("queues[" + i + "]", "must be a queue's name, or its beginning followed by *");
            }
            checked.add(queue);
        }
        String tenant = body == null ? null : body.tenant();
        try {
            return new Scope(checked, new JobLabels(Optional.empty(), Optional.ofNullable(tenant), List.of()).tenant());
        } catch (InvalidJobException e) {
            throw invalid("tenant", e.reason());
        }
    }

    private static @Nullable List<String> shown(List<String> queues) {
        return queues.isEmpty() ? null : queues;
    }

    private static UUID checkedId(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw noSuchKey();
        }
    }

    private static ProblemException noSuchKey() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "No key has this id.");
    }

    private static ProblemException invalid(String field, String reason) {
        return ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": " + reason);
    }
}
