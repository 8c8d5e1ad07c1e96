package io.penstock.api.security;

import io.penstock.api.database.DatabaseCalls;
import io.penstock.api.problem.RouteFailures;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Reads {@code Authorization: Bearer <key>}. A header of any other form is refused, not ignored. */
@ApplicationScoped
class BearerKeyMechanism implements HttpAuthenticationMechanism {

    private static final String SCHEME = "Bearer ";

    /** Longer than any key; hashing more would be work for nobody. */
    private static final int MAX_KEY_LENGTH = 512;

    /** Three parts, the first of which begins as every JSON object does in Base64. */
    private static final Pattern TOKEN = Pattern.compile("eyJ[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*");

    private final RouteFailures failures;
    private final boolean takesTokens;

    @Inject
    BearerKeyMechanism(
            RouteFailures failures, @ConfigProperty(name = "quarkus.oidc.tenant-enabled") boolean takesTokens) {
        this.failures = failures;
        this.takesTokens = takesTokens;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager providers) {
        String header = context.request().getHeader("Authorization");
        if (header == null) {
            return Uni.createFrom().nullItem();
        }
        String key = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? header.substring(SCHEME.length()).strip()
                : "";
        if (takesTokens && TOKEN.matcher(key).matches()) {
            // Not a key: for the mechanism that knows the provider.
            return Uni.createFrom().nullItem();
        }
        if (key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
            return Uni.createFrom().failure(new AuthenticationFailedException("no bearer key in the header"));
        }
        long begin = System.nanoTime();
        // A look-up takes its time from the same deadline as the call that follows.
        return providers
                .authenticate(new CreatedApiKey(KeyHash.of(key), RemoteAddress.of(context)))
                .invoke(identity -> DatabaseCalls.spend(context, System.nanoTime() - begin));
    }

    /** Before the mechanism of OpenID Connect, which would refuse what it does not know. */
    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 100;
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
        return Set.of(CreatedApiKey.class);
    }
}
