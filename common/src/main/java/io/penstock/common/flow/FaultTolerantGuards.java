package io.penstock.common.flow;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Builds each guard once, when it is first asked for. */
@ApplicationScoped
public class FaultTolerantGuards implements Guards {

    /** Its settings serve every upstream that has none. */
    private static final String FALLBACK = "database";

    private final Map<String, Guard> guards = new ConcurrentHashMap<>();
    private final UpstreamConfig config;
    private final RateLimiter limiter;

    @Inject
    public FaultTolerantGuards(UpstreamConfig config, RateLimiter limiter) {
        this.config = config;
        this.limiter = limiter;
    }

    @Override
    public Guard named(String upstream) {
        return guards.computeIfAbsent(
                upstream, name -> new FaultTolerantGuard(policyOf(name), limiter, InstantSource.system()));
    }

    private UpstreamPolicy policyOf(String upstream) {
        UpstreamConfig.Upstream settings =
                config.upstreams().getOrDefault(upstream, config.upstreams().get(FALLBACK));
        if (settings == null) {
            throw new IllegalStateException("neither penstock.upstream.\"" + upstream + "\" nor penstock.upstream.\""
                    + FALLBACK + "\" is configured");
        }
        return UpstreamPolicy.of(upstream, settings);
    }
}
