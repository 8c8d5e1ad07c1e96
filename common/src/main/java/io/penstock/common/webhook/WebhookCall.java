package io.penstock.common.webhook;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Something to be posted.
 *
 * @param target may hold user and password, which are sent and never told
 * @param trusted the operator names the target, so that it may be anywhere; false: a user does
 * @param secret signs the message; empty: unsigned
 * @param headers besides those of all webhooks
 * @param deadline of everything together: the look-up of the name, the connection and the answer
 */
public record WebhookCall(
        URI target,
        boolean trusted,
        String body,
        Optional<String> secret,
        Map<String, String> headers,
        Duration deadline) {

    /** Without secrets. */
    @Override
    public String toString() {
        return "WebhookCall[" + target.getHost() + "]";
    }
}
