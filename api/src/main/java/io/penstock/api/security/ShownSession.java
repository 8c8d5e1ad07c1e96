package io.penstock.api.security;

import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.identity.request.BaseAuthenticationRequest;

/** A request to say whose session a cookie is. */
final class ShownSession extends BaseAuthenticationRequest implements AuthenticationRequest {

    private final SessionToken token;

    ShownSession(SessionToken token) {
        this.token = token;
    }

    SessionToken token() {
        return token;
    }
}
