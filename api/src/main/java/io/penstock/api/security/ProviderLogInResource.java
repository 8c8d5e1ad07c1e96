package io.penstock.api.security;

import io.penstock.api.audit.AuditTrail;
import io.quarkus.oidc.AuthorizationCodeFlow;
import io.quarkus.oidc.OidcSession;
import io.quarkus.oidc.Tenant;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticator;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Where browsers log in through an OpenID Connect provider: Quarkus sends them there and takes their code; who comes back gets a session of
 * ours, and the provider is not asked again. Closed to everybody unless the tenant {@code console} is configured.
 */
@Path("/api/session/provider")
@ApplicationScoped
public class ProviderLogInResource {

    private static final Logger LOG = Logger.getLogger(ProviderLogInResource.class);

    private final LogIn logIn;
    private final SessionCookie cookie;
    private final SecurityIdentity identity;
    private final OidcSession provider;
    private final AuditTrail trail;

    @Inject
    ProviderLogInResource(
            LogIn logIn, SessionCookie cookie, SecurityIdentity identity, OidcSession provider, AuditTrail trail) {
        this.logIn = logIn;
        this.cookie = cookie;
        this.identity = identity;
        this.provider = provider;
        this.trail = trail;
    }

    @GET
    @Tenant("console")
    @AuthorizationCodeFlow
    @RolesAllowed(Role.VIEW)
    @Operation(hidden = true)
    public Uni<RestResponse<Void>> enter(@Context RoutingContext http) {
        Caller caller = Caller.of(identity);
        trail.read("session.provider");
        return logIn.byProvider(caller.name(), caller.role())
                .invoke(session -> cookie.set(http, session.token()))
                // What the provider said is used up: logging out here must not leave a way back in.
                .call(() -> provider.logout()
                        .onFailure()
                        .invoke(failure -> LOG.debugf("the provider's session stays: %s", failure))
                        .onFailure()
                        .recoverWithNull())
                .map(done -> RestResponse.seeOther(URI.create("/console")));
    }

    /** Whoever is not known yet is sent to the provider; everywhere else it is a problem. */
    @ServerExceptionMapper({UnauthorizedException.class, AuthenticationFailedException.class})
    public Uni<Response> toProvider(Throwable failure, RoutingContext http) {
        HttpAuthenticator authenticator = http.get(HttpAuthenticator.class.getName());
        return authenticator.getChallenge(http).map(challenge -> {
            if (challenge == null) {
                return Response.status(Response.Status.UNAUTHORIZED).build();
            }
            Response.ResponseBuilder answer = Response.status(challenge.status);
            challenge.getHeaders().forEach((name, value) -> answer.header(name.toString(), value));
            return answer.build();
        });
    }
}
