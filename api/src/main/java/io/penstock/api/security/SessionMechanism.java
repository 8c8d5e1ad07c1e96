package io.penstock.api.security;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.problem.RouteFailures;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the cookie of a session. A request that also shows a key is judged by the key alone.
 *
 * <p>Browsers send cookies with whatever a page makes them send. So a call that may change something has to show the session's CSRF token
 * in a header, here, where the cookie is accepted: no resource can forget it.
 */
@ApplicationScoped
class SessionMechanism implements HttpAuthenticationMechanism {

    static final String CSRF_HEADER = "X-CSRF-Token";
    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final SessionCookie cookie;
    private final RouteFailures failures;

    @Inject
    SessionMechanism(SessionCookie cookie, RouteFailures failures) {
        this.cookie = cookie;
        this.failures = failures;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager providers) {
        Optional<String> value = cookie.valueIn(context);
        if (value.isEmpty() || context.request().getHeader("Authorization") != null) {
            return Uni.createFrom().nullItem();
        }
        Optional<SessionToken> token = SessionToken.parse(value.get());
        if (token.isEmpty()) {
            return Uni.createFrom().failure(new AuthenticationFailedException("no session's cookie"));
        }
        return providers.authenticate(new ShownSession(token.get())).invoke(() -> checkCsrf(context, token.get()));
    }

    /** Fails with the problem that callers are told. */
    static void checkCsrf(RoutingContext context, SessionToken token) {
        if (READS.contains(context.request().method())) {
            return;
        }
        String shown = context.request().getHeader(CSRF_HEADER);
        if (shown == null || !token.hasCsrfToken(shown)) {
            throw ProblemException.of(
                    ProblemCode.CSRF_TOKEN,
                    "Send the csrfToken of GET /api/session as the header " + CSRF_HEADER + ".");
        }
    }

    /** Before the mechanism of OpenID Connect, which would refuse what it does not know. */
    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 90;
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer realm=\"penstock\""));
    }

    @Override
    public Uni<Boolean> sendChallenge(RoutingContext context) {
        failures.sendUnauthorized(context);
        return Uni.createFrom().item(true);
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of(ShownSession.class);
    }
}
