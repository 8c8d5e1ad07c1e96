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

    /** Passwords and links tried from one address. */
    LogIns logInAddress();

    /** Passwords tried for one account, from wherever. */
    LogIns logInAccount();

    /** Somebody mistypes a few times; whoever needs more is guessing. */
    interface LogIns {

        /** Attempts to log in that may be made in each period. */
        @WithDefault("20")
        int permits();

        /** The period of the permits. */
        @WithDefault("10m")
        Duration per();

        /** Attempts that may be made at once after a pause. */
        @WithDefault("10")
        int burst();

        default RateLimit limit() {
            return new RateLimit(permits(), per(), burst());
        }
    }

    /** Generous: stops a caller that runs wild, not one that is busy. About 800 requests per second after the burst. */
    interface PerKey {

        /** Calls that one key may make in each period, counted over all API processes. */
        @WithDefault("60000")
        int permits();

        /** The period of the permits. */
        @WithDefault("1m")
        Duration per();

        /** Calls that one key may make at once after a pause. */
        @WithDefault("10000")
        int burst();

        default RateLimit limit() {
            return new RateLimit(permits(), per(), burst());
        }
    }

    /** A valid key needs one look-up in some seconds; whoever needs more is guessing. */
    interface PerAddress {

        /** Look-ups of keys (first uses and wrong ones) that one address may cause in each period. */
        @WithDefault("600")
        int permits();

        /** The period of the permits. */
        @WithDefault("1m")
        Duration per();

        /** Look-ups of keys that one address may cause at once after a pause. */
        @WithDefault("100")
        int burst();

        default RateLimit limit() {
            return new RateLimit(permits(), per(), burst());
        }
    }
}
