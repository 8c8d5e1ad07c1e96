package io.penstock.common.alert;

import io.penstock.common.webhook.WebhookCall;
import io.penstock.common.webhook.Webhooks;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Alerts by HTTP POST of JSON. On where {@code penstock.alert.webhook.url} is set. The operator names the receiver, so that it may be in a
 * private network, as receivers of alerts often are.
 */
@ApplicationScoped
class WebhookSink implements AlertSink {

    private final Webhooks webhooks;
    private final Optional<URI> address;
    private final Optional<String> secret;
    private final Duration deadline;

    @Inject
    WebhookSink(Webhooks webhooks, AlertConfig config) {
        this.webhooks = webhooks;
        this.address = config.webhook().url().map(WebhookSink::address);
        this.secret = config.webhook().secret();
        this.deadline = config.deadline();
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
        return webhooks.post(
                new WebhookCall(address.orElseThrow(), true, body(digest).encode(), secret, Map.of(), deadline));
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
        // The text is not told: it may hold a secret.
        return Webhooks.address(text)
                .orElseThrow(() -> new IllegalStateException(
                        "penstock.alert.webhook.url is not an address such as https://host/path"));
    }
}
