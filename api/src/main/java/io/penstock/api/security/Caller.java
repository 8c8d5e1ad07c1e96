package io.penstock.api.security;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;

/**
 * Whose key a request showed.
 *
 * @param id stable and safe to log and to use in a key of Redis
 * @param name what people call it
 */
public record Caller(String id, String name, Role role) {

    private static final String ATTRIBUTE = "penstock.caller";

    static Caller of(ApiKey key) {
        return new Caller(key.id().toString(), key.name(), key.role());
    }

    /** The caller behind an authenticated identity. */
    public static Caller of(SecurityIdentity identity) {
        return identity.getAttribute(ATTRIBUTE);
    }

    SecurityIdentity identity() {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(name))
                .addRoles(role.grants())
                .addAttribute(ATTRIBUTE, this)
                .build();
    }
}
