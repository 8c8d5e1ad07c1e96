package io.penstock.common.flow;

import java.time.Duration;

/**
 * How one upstream is guarded; see {@link UpstreamConfig} for what each setting does.
 *
 * @param concurrency 1 or more
 * @param failureRatio above 0, at most 1
 * @param minimumCalls 1 or more
 */
public record UpstreamPolicy(
        String upstream,
        RateLimit rateLimit,
        Duration timeout,
        int concurrency,
        double failureRatio,
        int minimumCalls,
        Duration openTime,
        boolean shared) {

    public UpstreamPolicy {
        require(!timeout.isNegative() && !timeout.isZero(), upstream, "timeout must be above 0");
        require(concurrency >= 1, upstream, "concurrency must be 1 or more");
        require(failureRatio > 0 && failureRatio <= 1, upstream, "breaker.ratio must be above 0 and at most 1");
        require(minimumCalls >= 1, upstream, "breaker.minimum-calls must be 1 or more");
        require(!openTime.isNegative() && !openTime.isZero(), upstream, "breaker.open-time must be above 0");
    }

    static UpstreamPolicy of(String upstream, UpstreamConfig.Upstream config) {
        UpstreamConfig.Breaker breaker = config.breaker();
        return new UpstreamPolicy(
                upstream,
                new RateLimit(config.permits(), config.per(), config.burst()),
                config.timeout(),
                config.concurrency(),
                breaker.ratio(),
                breaker.minimumCalls(),
                breaker.openTime(),
                breaker.shared());
    }

    private static void require(boolean holds, String upstream, String what) {
        if (!holds) {
            throw new IllegalArgumentException("penstock.upstream.\"" + upstream + "\": " + what);
        }
    }
}
