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
import java.util.Optional;

/**
 * Says whose session it is. Redis alone is asked, each time: what was ended has ended with the next request, and the console works while
 * PostgreSQL is away.
 */
@ApplicationScoped
class SessionIdentityProvider implements IdentityProvider<ShownSession> {

    private final Sessions sessions;
    private final BootstrapKeys bootstrap;

    @Inject
    SessionIdentityProvider(Sessions sessions, BootstrapKeys bootstrap) {
        this.sessions = sessions;
        this.bootstrap = bootstrap;
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

    /** Sessions that an admin key began end when the deployment has another one. */
    private boolean restsOnWhatIs(Session session) {
        LoggedIn who = session.who();
        return !who.subject().equals(LoggedIn.ENVIRONMENT)
                || bootstrap.adminCredential().filter(who.credential()::equals).isPresent();
    }
}
