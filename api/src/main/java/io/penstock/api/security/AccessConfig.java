package io.penstock.api.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Who gets in without or with a key, under {@code penstock.access}. */
@ConfigMapping(prefix = "penstock.access")
interface AccessConfig {

    /**
     * Whether {@code /q/metrics} is open to everybody. Closed, a scraper shows a viewer's key (Prometheus:
     * {@code authorization.credentials_file}). Open it only where the port cannot be reached from outside.
     */
    @WithDefault("false")
    boolean publicMetrics();

    /** Whether the API description {@code /q/openapi} is open to everybody. */
    @WithDefault("false")
    boolean publicOpenapi();

    /** How long a key that was found valid stays so without a look-up: the longest a revoked key goes on working. */
    @WithDefault("10s")
    Duration keyCacheDuration();

    /** Keys remembered at once. */
    @WithDefault("1000")
    int keyCacheSize();

    /** How slow the hashing of passwords is: each step doubles it. 12 takes about a quarter of a second; 10 to 16. */
    @WithDefault("12")
    int passwordCost();

    /**
     * Whether browsers send the cookie of a session over TLS only. Leave it on wherever anybody else is on the network; without TLS
     * browsers then log in from the same machine at most.
     */
    @WithDefault("true")
    boolean secureCookies();
}
