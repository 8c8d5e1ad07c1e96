package io.penstock.api.security;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.penstock.api.audit.AuditTrail;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.access.Sessions;
import io.penstock.common.audit.AuditEntry;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirements;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Logs people in and out. The session is in a cookie; a body is taken as JSON only, which no form of another site can send. */
@Path("/api/session")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Session", description = "Log in, log out, who am I")
public class SessionResource {

    private static final int MAX_NAME = 64;
    private static final int MAX_TOKEN = 100;
    private static final int DEFAULT_MINUTES = 15;
    private static final int MOST_MINUTES = 1_440;

    private final LogIn logIn;
    private final UserStore users;
    private final Sessions sessions;
    private final SessionIdentityProvider found;
    private final SessionCookie cookie;
    private final SecurityIdentity identity;
    private final AuditTrail trail;

    /** Name and password, or the token of a link. */
    @RegisterForReflection
    @Schema(name = "LogIn")
    public record LogInRequest(
            @Nullable String name,
            @Nullable String password,
            @Schema(description = "Of a link, in place of name and password") @Nullable String token) {

        @Override
        public String toString() {
            return "LogInRequest";
        }
    }

    /** Whom a link is to log in. */
    @RegisterForReflection
    @Schema(name = "NewLogInLink")
    public record LinkRequest(
            @Schema(description = "Absent: who holds the environment's admin key, and shows it") @Nullable
                    String userId,
            @Schema(description = "For how long it is good, 1 to 1440; default 15") @Nullable Integer minutes) {}

    /** A link just made. */
    @RegisterForReflection
    @Schema(name = "LogInLink")
    public record LinkAnswer(
            @Schema(description = "Shown this once and never again; good for one log-in") String token,
            @Schema(description = "Where the console takes it. It is behind the #, which browsers do not send")
                    String path,
            Instant expiresAt) {}

    /** A user's own new password. */
    @RegisterForReflection
    @Schema(name = "NewPassword")
    public record PasswordRequest(
            @Nullable String current,
            @Schema(name = "new", description = "12 to 72 bytes of UTF-8") @JsonProperty("new") @Nullable
                    String wanted) {

        @Override
        public String toString() {
            return "PasswordRequest";
        }
    }

    @Inject
    SessionResource(
            LogIn logIn,
            UserStore users,
            Sessions sessions,
            SessionIdentityProvider found,
            SessionCookie cookie,
            SecurityIdentity identity,
            AuditTrail trail) {
        this.logIn = logIn;
        this.users = users;
        this.sessions = sessions;
        this.found = found;
        this.cookie = cookie;
        this.identity = identity;
        this.trail = trail;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @PermitAll
    @NeedsDatabase
    @SecurityRequirements
    @Operation(
            summary = "Log in",
            description =
                    "With name and password, or with the token of a link. The session is in a cookie. Limited per "
                            + "address and per account.")
    public Uni<SessionAnswer> logIn(@Nullable LogInRequest body, @Context RoutingContext http) {
        String address = RemoteAddress.of(http);
        trail.actor(new AuditEntry.Actor(
                "unknown", body == null || body.name() == null ? "unknown" : body.name(), Caller.Kind.USER.text()));
        return opened(body, address).map(session -> {
            cookie.set(http, session.token());
            Caller caller = Caller.of(session.token(), session.session());
            trail.actor(actor(caller));
            return SessionAnswer.of(caller);
        });
    }

    @GET
    @HeedsScope
    @RolesAllowed({Role.VIEW, Role.TRIGGER})
    @Operation(summary = "Who am I", description = "Whom the cookie or key of this request stands for.")
    public SessionAnswer find() {
        return SessionAnswer.of(Caller.of(identity));
    }

    @DELETE
    @PermitAll
    @SecurityRequirements
    @Operation(summary = "Log out", description = "Ends the session of the cookie; nothing to do is fine, too.")
    public Uni<RestResponse<Void>> logOut(@Context RoutingContext http) {
        return cookie.valueIn(http)
                .flatMap(SessionToken::parse)
                .map(token -> end(token, http))
                .orElseGet(() -> Uni.createFrom().voidItem())
                .map(done -> {
                    cookie.clear(http);
                    return RestResponse.noContent();
                });
    }

    @POST
    @Path("/links")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.ADMINISTER)
    @NeedsDatabase
    @Operation(
            summary = "Make a link that logs in once",
            description =
                    "For a user; or, shown the environment's admin key, for its holder. Whoever has the link can use it.")
    public Uni<RestResponse<LinkAnswer>> link(@Nullable LinkRequest body) {
        Integer minutes = body == null || body.minutes() == null ? Integer.valueOf(DEFAULT_MINUTES) : body.minutes();
        if (minutes < 1 || minutes > MOST_MINUTES) {
            throw invalid("minutes", "must be a whole number from 1 to " + MOST_MINUTES);
        }
        Duration life = Duration.ofMinutes(minutes);
        String userId = body == null ? null : body.userId();
        return linkFor(userId, life)
                .map(link -> RestResponse.status(
                        RestResponse.Status.CREATED,
                        new LinkAnswer(link.token(), "/console/login#token=" + link.token(), link.expiresAt())));
    }

    @PUT
    @Path("/password")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.VIEW)
    @NeedsDatabase
    @Operation(
            summary = "Change one's own password",
            description = "For users who are logged in. All other sessions of the user end.")
    public Uni<RestResponse<Void>> changePassword(@Nullable PasswordRequest body, @Context RoutingContext http) {
        Caller caller = Caller.of(identity);
        if (caller.kind() != Caller.Kind.USER) {
            throw new ForbiddenException();
        }
        OpenSession current = caller.session().orElseThrow();
        String present = body == null || body.current() == null ? "" : body.current();
        String wanted = body == null || body.wanted() == null ? "" : body.wanted();
        String fault = Passwords.faultOf(wanted);
        if (fault != null) {
            throw invalid("new", fault);
        }
        return logIn.changePassword(
                        UUID.fromString(current.token().subject()), current, present, wanted, RemoteAddress.of(http))
                .replaceWith(RestResponse.noContent());
    }

    private Uni<OpenSession> opened(@Nullable LogInRequest body, String address) {
        if (body == null) {
            throw invalid("name", "must be given, with a password; or a token");
        }
        if (body.token() != null) {
            if (body.name() != null || body.password() != null) {
                throw invalid("token", "must not be given together with name and password");
            }
            if (!body.token().startsWith(LogIn.LINK_PREFIX) || body.token().length() > MAX_TOKEN) {
                throw invalid("token", "must be the token of a link");
            }
            return logIn.byLink(body.token(), address);
        }
        String name = body.name();
        String password = body.password();
        if (name == null || name.isBlank() || name.length() > MAX_NAME || name.indexOf('\0') >= 0) {
            throw invalid("name", "must be 1 to " + MAX_NAME + " characters");
        }
        if (password == null || password.isEmpty() || password.length() > Passwords.MOST_BYTES) {
            throw invalid("password", "must be 1 to " + Passwords.MOST_BYTES + " characters");
        }
        return logIn.byPassword(name.strip().toLowerCase(Locale.ROOT), password, address);
    }

    private Uni<LogIn.Link> linkFor(@Nullable String userId, Duration life) {
        if (userId != null) {
            return users.find(UsersResource.checkedId(userId))
                    .map(user -> user.orElseThrow(UsersResource::noSuchUser))
                    .chain(user -> logIn.linkFor(user, life));
        }
        if (!Caller.of(identity).id().equals(BootstrapKeys.ADMIN_ID)) {
            throw invalid("userId", "must be given, unless the call shows the environment's admin key");
        }
        return logIn.linkForAdminKey(life);
    }

    private Uni<Void> end(SessionToken token, RoutingContext http) {
        return found.find(token)
                .invoke(session -> session.ifPresent(open -> {
                    trail.actor(actor(Caller.of(token, open)));
                    SessionMechanism.checkCsrf(http, token);
                }))
                .chain(() -> sessions.end(token.subject(), token.digest()));
    }

    private static AuditEntry.Actor actor(Caller caller) {
        return new AuditEntry.Actor(caller.id(), caller.name(), caller.kind().text());
    }

    private static ProblemException invalid(String field, String reason) {
        return ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": " + reason);
    }
}
