package io.penstock.common.alert;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.http.HttpClient;
import io.vertx.mutiny.core.http.HttpClientRequest;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;

/**
 * Alerts by HTTP POST of JSON. On where {@code penstock.alert.webhook.url} is set; any answer but 2xx is a failure, and
 * redirections are not followed.
 *
 * <p>The address may hold a password or a token, and client libraries like to repeat it in their messages: no message of
 * theirs is passed on, and ours name the host alone.
 */
@ApplicationScoped
class WebhookSink implements AlertSink {

    private static final int MAX_CONNECTIONS = 2;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient http;
    private final Optional<URI> address;
    private final Optional<String> secret;
    private final Duration deadline;
    private final InstantSource clock = InstantSource.system();

    @Inject
    WebhookSink(Vertx vertx, AlertConfig config) {
        this.address = config.webhook().url().map(WebhookSink::address);
        this.secret = config.webhook().secret();
        this.deadline = config.deadline();
        this.http = vertx.createHttpClient(
                new HttpClientOptions().setMaxPoolSize(MAX_CONNECTIONS).setConnectTimeout((int)
                        CONNECT_TIMEOUT.toMillis()));
    }

    @Override
    public String channel() {
        return "webhook";
    }

    @Override
    public boolean isOn() {
        return address.isPresent();
    }

    @Override
    public Uni<Void> send(AlertDigest digest) {
        URI target = address.orElseThrow();
        String body = body(digest).encode();
        return http.request(request(target, body))
                .chain(request -> exchange(request, body))
                .ifNoItem()
                .after(deadline)
                .fail()
                .onFailure(failure -> !(failure instanceof Refused))
                .transform(failure -> new Refused("the webhook at " + target.getHost() + " cannot be reached: "
                        + failure.getClass().getSimpleName()))
                .chain(status -> status / 100 == 2
                        ? Uni.createFrom().voidItem()
                        : Uni.createFrom()
                                .failure(new Refused("the webhook at " + target.getHost() + " answered " + status)));
    }

    @PreDestroy
    void close() {
        http.closeAndForget();
    }

    private RequestOptions request(URI target, String body) {
        String timestamp = String.valueOf(clock.instant().getEpochSecond());
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(withoutUser(target))
                .putHeader("Content-Type", "application/json")
                .putHeader("X-Penstock-Timestamp", timestamp);
        secret.ifPresent(key -> options.putHeader("X-Penstock-Signature", Signature.of(key, timestamp + "." + body)));
        if (target.getUserInfo() != null) {
            byte[] user = target.getUserInfo().getBytes(StandardCharsets.UTF_8);
            options.putHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
        }
        return options;
    }

    /** The status of the answer; what it says is of no interest, so that the connection ends with it. */
    private static Uni<Integer> exchange(HttpClientRequest request, String body) {
        return request.send(body).map(response -> response.statusCode()).eventually(() -> {
            request.connection().closeAndForget();
        });
    }

    private static JsonObject body(AlertDigest digest) {
        JsonArray alerts = new JsonArray();
        for (AlertNotice notice : digest.shown()) {
            alerts.add(new JsonObject()
                    .put("id", notice.id())
                    .put("subject", notice.subject())
                    .put("state", notice.raised() ? "raised" : "recovered")
                    .put("severity", notice.severity().code())
                    .put("summary", notice.summary())
                    .put("at", notice.noticedAt().toString()));
        }
        return new JsonObject().put("source", "penstock").put("alerts", alerts).put("more", digest.more());
    }

    private static URI address(String text) {
        try {
            URI uri = new URI(text.strip());
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Told below, without the text: it may hold a secret.
        }
        throw new IllegalStateException("penstock.alert.webhook.url is not an address such as https://host/path");
    }

    private static String withoutUser(URI uri) {
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return uri.getScheme() + "://" + uri.getHost() + port + path + query;
    }

    /** A failure in our own words. */
    private static final class Refused extends RuntimeException {

        Refused(String message) {
            super(message);
        }
    }
}
