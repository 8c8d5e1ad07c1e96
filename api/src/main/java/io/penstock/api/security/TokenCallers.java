package io.penstock.api.security;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes callers of those whom an OpenID Connect provider vouches for. Their role is the highest that the token names; one that names none
 * of ours may do nothing.
 */
@ApplicationScoped
class TokenCallers implements SecurityIdentityAugmentor {

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        return Uni.createFrom()
                .item(identity.isAnonymous() || Caller.of(identity) != null ? identity : withCaller(identity));
    }

    private static SecurityIdentity withCaller(SecurityIdentity identity) {
        String name = identity.getPrincipal().getName();
        Optional<Role> role = Stream.of(Role.ADMIN, Role.OPERATOR, Role.VIEWER)
                .filter(each -> identity.getRoles().contains(each.text()))
                .findFirst();
        return role.<SecurityIdentity>map(each -> Caller.ofToken(name, each).identity())
                .orElseGet(() -> QuarkusSecurityIdentity.builder()
                        .setPrincipal(identity.getPrincipal())
                        .build());
    }
}
