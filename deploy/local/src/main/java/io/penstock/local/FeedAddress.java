package io.penstock.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;

/** Where the offers come from, and the token it asks for. */
record FeedAddress(String url, String token) {

    /** The first page of the active offers. */
    URI firstPage() {
        return URI.create(url + (url.contains("?") ? "&" : "?") + "mwsd=" + URLEncoder.encode(token, UTF_8)
                + "&status=Active&order_by=Performance&limit=100&pages=1");
    }

    /** Without the token: this ends up on terminals and in logs. */
    @Override
    public String toString() {
        return url;
    }
}
