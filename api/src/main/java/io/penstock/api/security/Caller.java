package io.penstock.api.security;

import io.penstock.common.access.LoggedIn;
import io.penstock.common.access.Session;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import java.util.Locale;
import java.util.Optional;

/**
 * Who makes a request.
 *
 * @param id stable and safe to log and to use in a key of Redis
 * @param name what people call it
 * @param scope which jobs it reaches
 * @param session of those who came with a cookie
 */
public record Caller(String id, String name, Role role, Kind kind, Scope scope, Optional<OpenSession> session) {

    private static final String ATTRIBUTE = "penstock.caller";

    /** By what a caller is known. */
    public enum Kind {
        USER,
        KEY,
        /** A link that the environment's admin key made: nobody's account. */
        LINK,
        /** A token of an OpenID Connect provider. */
        TOKEN,
        ENVIRONMENT;

        /** As it is written in answers and in the table of audit. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Caller ofEnvironment(String id, String name, Role role) {
        return new Caller(id, name, role, Kind.ENVIRONMENT, Scope.UNLIMITED, Optional.empty());
    }

    static Caller of(ApiKey key) {
        return new Caller(key.id().toString(), key.name(), key.role(), Kind.KEY, key.scope(), Optional.empty());
    }

    static Caller of(SessionToken token, Session session) {
        LoggedIn who = session.who();
        if (who.credential().equals(LogIn.PROVIDER)) {
            return new Caller(
                    "token:" + who.name(),
                    who.name(),
                    Role.ofKey(who.role()).orElse(Role.VIEWER),
                    Kind.TOKEN,
                    Scope.UNLIMITED,
                    Optional.of(new OpenSession(token, session)));
        }
        boolean isUser = !who.subject().equals(LoggedIn.ENVIRONMENT);
        return new Caller(
                isUser ? idOfUser(who.subject()) : BootstrapKeys.ADMIN_ID,
                who.name(),
                Role.ofKey(who.role()).orElse(Role.VIEWER),
                isUser ? Kind.USER : Kind.LINK,
                Scope.UNLIMITED,
                Optional.of(new OpenSession(token, session)));
    }

    static Caller ofToken(String name, Role role) {
        return new Caller("token:" + name, name, role, Kind.TOKEN, Scope.UNLIMITED, Optional.empty());
    }

    static String idOfUser(String userId) {
        return "user:" + userId;
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
