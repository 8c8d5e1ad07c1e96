package io.penstock.api.security;

import io.vertx.ext.web.RoutingContext;

/** Where a request came from: behind a proxy the client, if {@code quarkus.http.proxy.*} says that the proxy is to be believed. */
public final class RemoteAddress {

    private RemoteAddress() {}

    public static String of(RoutingContext request) {
        String address = request.request().remoteAddress().hostAddress();
        return address == null ? "unknown" : address;
    }
}
