package io.penstock.common.webhook;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** Where webhooks of users may lead, under {@code penstock.webhook}. Must be the same in all processes. */
@ConfigMapping(prefix = "penstock.webhook")
public interface WebhookConfig {

    /**
     * Networks such as {@code 10.1.0.0/16} that webhooks of users may lead to although they are not public. Absent: none. Private, loopback,
     * link-local and unique-local addresses and those of cloud metadata are refused otherwise.
     */
    Optional<List<String>> allowedNetworks();
}
