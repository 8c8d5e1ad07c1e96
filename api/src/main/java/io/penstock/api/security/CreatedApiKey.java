package io.penstock.api.security;

import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.identity.request.BaseAuthenticationRequest;

/** A request to say who is behind a key. Holds the hash: the key itself goes no further than the header. */
final class CreatedApiKey extends BaseAuthenticationRequest implements AuthenticationRequest {

    private final KeyHash hash;
    private final String address;

    /** @param address where the request came from */
    CreatedApiKey(KeyHash hash, String address) {
        this.hash = hash;
        this.address = address;
    }

    KeyHash hash() {
        return hash;
    }

    String address() {
        return address;
    }
}
