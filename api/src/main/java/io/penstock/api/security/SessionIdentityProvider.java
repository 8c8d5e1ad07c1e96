package io.penstock.api.security;

import io.penstock.common.access.LoggedIn;
import io.penstock.common.access.Session;
import io.penstock.common.access.Sessions;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Says whose session it is. Redis alone is asked, each time: what was ended has ended with the next request, and the console works while
 * PostgreSQL is away.
 */
@ApplicationScoped
class SessionIdentityProvider implements IdentityProvider<ShownSession> {

    private static final Duration PROVIDER_LIFE = Duration.ofHours(12);

    private final Sessions sessions;
    private final BootstrapKeys bootstrap;
    private final boolean providerEnabled;
    private final InstantSource clock = InstantSource.system();

    @Inject
    SessionIdentityProvider(
            Sessions sessions,
            BootstrapKeys bootstrap,
            @ConfigProperty(name = "quarkus.oidc.console.tenant-enabled") boolean providerEnabled) {
        this.sessions = sessions;
        this.bootstrap = bootstrap;
        this.providerEnabled = providerEnabled;
    }

    @Override
    public Class<ShownSession> getRequestType() {
        return ShownSession.class;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(ShownSession shown, AuthenticationRequestContext context) {
        return find(shown.token())
                .map(session -> session.orElseThrow(() -> new AuthenticationFailedException("no such session")))
                .map(session -> Caller.of(shown.token(), session).identity());
    }

    /** Empty: there is none, or it has ended. */
    Uni<Optional<Session>> find(SessionToken token) {
        return sessions.use(token.subject(), token.digest()).map(found -> found.filter(this::restsOnWhatIs));
    }

    /**
     * Sessions that an admin key began end when the deployment has another one; those that a provider vouched for after half a
     * day, because nobody tells us when it no longer would.
     */
    private boolean restsOnWhatIs(Session session) {
        LoggedIn who = session.who();
        if (who.credential().equals(LogIn.PROVIDER)) {
            return providerEnabled
                    && clock.instant().isBefore(session.createdAt().plus(PROVIDER_LIFE));
        }
        return !who.subject().equals(LoggedIn.ENVIRONMENT)
                || bootstrap.adminCredential().filter(who.credential()::equals).isPresent();
    }
}
