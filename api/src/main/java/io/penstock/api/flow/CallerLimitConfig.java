package io.penstock.api.flow;

import io.penstock.common.flow.RateLimit;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How fast callers may ask, across all replicas, under {@code penstock.caller-limit}. */
@ConfigMapping(prefix = "penstock.caller-limit")
interface CallerLimitConfig {

    /** False: nobody is limited and no request asks Redis for a permit. */
    @WithDefault("true")
    boolean enabled();

    /** Requests with one key. */
    PerKey key();

    /** Looking up keys from one address: first uses and wrong keys. */
    PerAddress address();

    /** Generous: stops a caller that runs wild, not one that is busy. About 800 requests per second after the burst. */
    interface PerKey {

        @WithDefault("60000")
        int permits();

        @WithDefault("1m")
        Duration per();

        @WithDefault("10000")
        int burst();

        default RateLimit limit() {
            return new RateLimit(permits(), per(), burst());
        }
    }

    /** A valid key needs one look-up in some seconds; whoever needs more is guessing. */
    interface PerAddress {

        @WithDefault("600")
        int permits();

        @WithDefault("1m")
        Duration per();

        @WithDefault("100")
        int burst();

        default RateLimit limit() {
            return new RateLimit(permits(), per(), burst());
        }
    }
}
