package io.penstock.api.request;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Over connections without TLS the API speaks HTTP/1.1 alone; a client that asks for an upgrade to HTTP/2 is answered without one. Some
 * clients ask by default, and lose answers in the upgrade when the server is slow; and a proxy that passes the upgrade on cannot see, or
 * limit, what comes after it. Over TLS both sides agree on HTTP/2 before the first request.
 */
@ApplicationScoped
public class ClearTextHttp implements HttpServerOptionsCustomizer {

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setHttp2ClearTextEnabled(false);
    }
}
