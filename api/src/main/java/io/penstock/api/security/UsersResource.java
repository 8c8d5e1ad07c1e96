package io.penstock.api.security;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.api.audit.AuditTrail;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.access.Sessions;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/**
 * Who can log in, and as what. Whatever changes what a user may do ends the user's sessions, after it is stored; see {@link LogIn} for why
 * in this order.
 */
@Path("/api/users")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Users", description = "Who can log in")
@NeedsDatabase
public class UsersResource {

    private static final Pattern NAME = Pattern.compile("[a-z0-9._@-]{1,64}");
    private static final int MAX_DISPLAY_NAME = 100;

    private final UserStore store;
    private final Passwords passwords;
    private final Sessions sessions;
    private final AuditTrail trail;

    /** Whom to add. */
    @RegisterForReflection
    @Schema(name = "NewUser")
    public record NewUser(
            @Schema(description = "1 to 64 letters, digits, '.', '_', '@' or '-'; kept in lower case") @Nullable
                    String name,
            @Nullable String displayName,
            @Schema(enumeration = {"viewer", "operator", "admin"}) @Nullable String role,
            @Schema(description = "12 to 72 bytes of UTF-8; absent: logs in by links only") @Nullable String password) {

        @Override
        public String toString() {
            return "NewUser[" + name + "]";
        }
    }

    /** What to change; absent fields stay as they are. */
    @RegisterForReflection
    @Schema(name = "UserChange")
    public record UserChange(
            @Schema(description = "Empty: none any more") @Nullable String displayName,
            @Schema(enumeration = {"viewer", "operator", "admin"}) @Nullable String role,
            @Schema(description = "12 to 72 bytes of UTF-8") @Nullable String password,
            @Nullable Boolean disabled) {

        @Override
        public String toString() {
            return "UserChange";
        }
    }

    /** A user as it is shown: everything but the password's hash. */
    @RegisterForReflection
    @Schema(name = "User")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Shown(
            String id,
            String name,
            @Nullable String displayName,
            String role,
            boolean disabled,
            @Schema(description = "False: logs in by links only") boolean hasPassword,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant lastLogInAt) {

        static Shown of(User user) {
            return new Shown(
                    user.id().toString(),
                    user.name(),
                    user.displayName(),
                    user.role().text(),
                    user.disabled(),
                    user.passwordHash() != null,
                    user.createdAt(),
                    user.updatedAt(),
                    user.lastLogInAt());
        }
    }

    /** All users. */
    @RegisterForReflection
    @Schema(name = "Users")
    public record UserList(List<Shown> users) {}

    @Inject
    UsersResource(UserStore store, Passwords passwords, Sessions sessions, AuditTrail trail) {
        this.store = store;
        this.passwords = passwords;
        this.sessions = sessions;
        this.trail = trail;
    }

    @GET
    @RolesAllowed(Role.ADMINISTER)
    @Operation(summary = "List users", description = "In the order of their names, at most a thousand.")
    public Uni<UserList> list() {
        return store.list()
                .map(users -> new UserList(users.stream().map(Shown::of).toList()));
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.ADMINISTER)
    @Operation(summary = "Look at one user")
    public Uni<Shown> find(@Parameter(description = "Id of the user") @PathParam("id") String id) {
        return required(checkedId(id)).map(Shown::of);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.ADMINISTER)
    @Operation(summary = "Add a user", description = "409 user-exists where the name is taken.")
    public Uni<RestResponse<Shown>> add(@Nullable NewUser body) {
        String name = body == null || body.name() == null ? "" : body.name().toLowerCase(Locale.ROOT);
        if (body == null || !NAME.matcher(name).matches()) {
            throw invalid("name", "must be 1 to 64 letters, digits, '.', '_', '@' or '-'");
        }
        Role role = checkedRole(body.role() == null ? "" : body.role());
        String displayName = checkedDisplayName(body.displayName());
        return hashed(body.password())
                .chain(hash -> store.add(
                        name, displayName == null || displayName.isEmpty() ? null : displayName, role, hash.value()))
                .map(added -> added.orElseThrow(
                        () -> ProblemException.of(ProblemCode.USER_EXISTS, "There is a user of this name.")))
                .map(user -> RestResponse.ResponseBuilder.<Shown>create(RestResponse.Status.CREATED)
                        .location(URI.create("/api/users/" + user.id()))
                        .entity(Shown.of(user))
                        .build());
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.ADMINISTER)
    @Operation(
            summary = "Change a user",
            description =
                    "Absent fields stay as they are. Another role or password, and disabling, end the user's sessions.")
    public Uni<Shown> change(@PathParam("id") String id, @Nullable UserChange body) {
        UUID userId = checkedId(id);
        UserChange change = body == null ? new UserChange(null, null, null, null) : body;
        Role role = change.role() == null ? null : checkedRole(change.role());
        String displayName = checkedDisplayName(change.displayName());
        return hashed(change.password())
                .chain(hash -> required(userId)
                        .invoke(before -> trail.before(Shown.of(before)))
                        .chain(before -> store.change(
                                        userId,
                                        new UserStore.Change(role, hash.value(), displayName, change.disabled()))
                                .map(after -> after.orElseThrow(UsersResource::noSuchUser))
                                .call(after -> after.version() == before.version()
                                        ? Uni.createFrom().voidItem()
                                        : sessions.endAll(userId.toString(), null))))
                .map(Shown::of);
    }

    @DELETE
    @Path("/{id}")
    @RolesAllowed(Role.ADMINISTER)
    @Operation(summary = "Delete a user", description = "The user's sessions end.")
    public Uni<RestResponse<Void>> delete(@PathParam("id") String id) {
        UUID userId = checkedId(id);
        // Sessions first as well: should the call break off after the row is gone, nobody could find them by the row.
        return sessions.endAll(userId.toString(), null)
                .chain(() -> store.delete(userId))
                .map(deleted -> deleted.orElseThrow(UsersResource::noSuchUser))
                .invoke(user -> trail.before(Shown.of(user)))
                .call(() -> sessions.endAll(userId.toString(), null))
                .replaceWith(RestResponse.noContent());
    }

    @DELETE
    @Path("/{id}/sessions")
    @RolesAllowed(Role.ADMINISTER)
    @Operation(summary = "Log a user out everywhere")
    public Uni<RestResponse<Void>> endSessions(@PathParam("id") String id) {
        return required(checkedId(id))
                .chain(user -> sessions.endAll(user.id().toString(), null))
                .replaceWith(RestResponse.noContent());
    }

    private Uni<User> required(UUID id) {
        return store.find(id).map(found -> found.orElseThrow(UsersResource::noSuchUser));
    }

    /** @param value null: no password was given */
    private record Hashed(@Nullable String value) {}

    private Uni<Hashed> hashed(@Nullable String password) {
        if (password == null) {
            return Uni.createFrom().item(new Hashed(null));
        }
        String fault = Passwords.faultOf(password);
        if (fault != null) {
            throw invalid("password", fault);
        }
        return passwords.hash(password).map(Hashed::new);
    }

    private static Role checkedRole(String role) {
        return Role.ofKey(role).orElseThrow(() -> invalid("role", "must be viewer, operator or admin"));
    }

    private static @Nullable String checkedDisplayName(@Nullable String name) {
        if (name != null && (name.length() > MAX_DISPLAY_NAME || name.chars().anyMatch(Character::isISOControl))) {
            throw invalid("displayName", "must be at most " + MAX_DISPLAY_NAME + " printable characters");
        }
        return name == null ? null : name.strip();
    }

    static UUID checkedId(String id) {
        try {
            UUID parsed = UUID.fromString(id);
            if (parsed.toString().equalsIgnoreCase(id)) {
                return parsed;
            }
        } catch (IllegalArgumentException e) {
            // Told below, like an id that nobody has.
        }
        throw noSuchUser();
    }

    static ProblemException noSuchUser() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "No user has this id.");
    }

    private static ProblemException invalid(String field, String reason) {
        return ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": " + reason);
    }
}
