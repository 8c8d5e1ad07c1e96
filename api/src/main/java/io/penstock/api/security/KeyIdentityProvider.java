package io.penstock.api.security;

import io.penstock.api.flow.CallerLimits;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Says who is behind a key: the environment's keys first, then those seen a moment ago, then the table. Only the last
 * step costs anything, so it is limited per address: whoever tries keys is slowed down before the database feels it.
 */
@ApplicationScoped
class KeyIdentityProvider implements IdentityProvider<CreatedApiKey> {

    private final BootstrapKeys bootstrap;
    private final ApiKeyCache recent;
    private final ApiKeyStore store;
    private final CallerLimits limits;

    @Inject
    KeyIdentityProvider(BootstrapKeys bootstrap, ApiKeyCache recent, ApiKeyStore store, CallerLimits limits) {
        this.bootstrap = bootstrap;
        this.recent = recent;
        this.store = store;
        this.limits = limits;
    }

    @Override
    public Class<CreatedApiKey> getRequestType() {
        return CreatedApiKey.class;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(CreatedApiKey shown, AuthenticationRequestContext context) {
        Optional<Caller> known = bootstrap.callerOf(shown.hash()).or(() -> recent.find(shown.hash())
                .map(Caller::of));
        return known.map(caller -> Uni.createFrom().item(caller))
                .orElseGet(() -> lookUp(shown))
                .map(Caller::identity);
    }

    private Uni<Caller> lookUp(CreatedApiKey shown) {
        return limits.permitLookUp(shown.address())
                .chain(() -> store.findLive(shown.hash()))
                .map(found -> found.orElseThrow(() -> new AuthenticationFailedException("unknown key")))
                .invoke(key -> recent.remember(shown.hash(), key))
                .map(Caller::of);
    }
}
