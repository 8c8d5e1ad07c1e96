package io.penstock.common.flow;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.time.Duration;
import java.util.Map;

/**
 * How each upstream is guarded, under {@code penstock.upstream."<name>"}. The rate must be the same in every process,
 * because they share it. The upstreams that ship are set in {@code microprofile-config.properties}.
 */
@ConfigMapping(prefix = "penstock.upstream")
public interface UpstreamConfig {

    /** By upstream name. */
    @WithParentName
    Map<String, Upstream> upstreams();

    /** One upstream. */
    interface Upstream {

        /** Calls per period, across all processes. */
        @WithDefault("1000")
        int permits();

        /** The period of the permits. */
        @WithDefault("1m")
        Duration per();

        /** Calls that may be made at once after a pause. */
        @WithDefault("1")
        int burst();

        /** How long one call may take. */
        @WithDefault("5s")
        Duration timeout();

        /** Calls that one process may have under way at once; further ones are put off. */
        @WithDefault("100")
        int concurrency();

        Breaker breaker();
    }

    /** When calls are stopped. Counted in each process by itself. */
    interface Breaker {

        /** Share of the latest calls that failed, 0 to 1, at which the breaker opens. */
        @WithDefault("0.2")
        double ratio();

        /** The latest calls that are looked at; nothing opens before so many were made. */
        @WithDefault("20")
        int minimumCalls();

        /** How long it stays open before one call tries the upstream again. */
        @WithDefault("15s")
        Duration openTime();

        /**
         * Whether a breaker that opens in one process holds the calls of all back. False: each process finds out for itself,
         * which spares an upstream that only one of them cannot reach.
         */
        @WithDefault("false")
        boolean shared();
    }
}
