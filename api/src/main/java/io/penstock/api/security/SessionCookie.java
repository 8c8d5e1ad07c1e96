package io.penstock.api.security;

import io.penstock.common.access.Sessions;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The cookie that a session's token is in. Scripts cannot read it, other sites cannot send it, and it goes over TLS only unless the
 * deployment says otherwise.
 */
@ApplicationScoped
class SessionCookie {

    private static final String NAME = "penstock_session";

    private final boolean secure;
    private final String name;

    @Inject
    SessionCookie(AccessConfig config) {
        this.secure = config.secureCookies();
        // Browsers take a cookie of this prefix from this host alone, over TLS, for all of its paths.
        this.name = secure ? "__Host-" + NAME : NAME;
    }

    /** Empty: there is none. */
    Optional<String> valueIn(RoutingContext request) {
        return Optional.ofNullable(request.request().getCookie(name))
                .map(Cookie::getValue)
                .filter(value -> !value.isEmpty());
    }

    void set(RoutingContext request, SessionToken token) {
        request.response().addCookie(cookie(token.text(), Sessions.LIFE.toSeconds()));
    }

    void clear(RoutingContext request) {
        request.response().addCookie(cookie("", 0));
    }

    private Cookie cookie(String value, long maxAge) {
        return Cookie.cookie(name, value)
                .setPath("/")
                .setHttpOnly(true)
                .setSecure(secure)
                .setSameSite(CookieSameSite.STRICT)
                .setMaxAge(maxAge);
    }
}
