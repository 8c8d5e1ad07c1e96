package io.penstock.worker.products;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** How users of product monitoring are told, under {@code penstock.product-notifications}. */
@ConfigMapping(prefix = "penstock.product-notifications")
public interface NotificationConfig {

    /** Sender of the mails. */
    @WithDefault("${QUARKUS_MAILER_FROM:penstock@localhost}")
    String from();

    /**
     * Where users reach the API, such as {@code https://penstock.example.org}: what the link begins with that stops the mails. Absent: mails
     * have no such link.
     */
    Optional<URI> publicUrl();

    /** How long the receiver of a webhook may take, the look-up of its name included. */
    @WithDefault("10s")
    Duration webhookDeadline();

    /** How long after the first failure it is tried again. Each pause after that is four times as long. */
    @WithDefault("10s")
    Duration firstPause();

    /** No pause is longer. */
    @WithDefault("1h")
    Duration longestPause();

    /** What is older and still not taken is refused for good. */
    @WithDefault("1d")
    Duration giveUpAfter();
}
