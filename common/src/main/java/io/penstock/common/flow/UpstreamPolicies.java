package io.penstock.common.flow;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.TreeSet;

/** How upstreams are guarded, by name. */
@ApplicationScoped
public class UpstreamPolicies {

    /** Its settings serve every upstream that has none. */
    private static final String FALLBACK = "database";

    private final UpstreamConfig config;

    @Inject
    public UpstreamPolicies(UpstreamConfig config) {
        this.config = config;
    }

    /** That of the name, or the one for all that have none. */
    public UpstreamPolicy of(String upstream) {
        UpstreamConfig.Upstream settings =
                config.upstreams().getOrDefault(upstream, config.upstreams().get(FALLBACK));
        if (settings == null) {
            throw new IllegalStateException("neither penstock.upstream.\"" + upstream + "\" nor penstock.upstream.\""
                    + FALLBACK + "\" is configured");
        }
        return UpstreamPolicy.of(upstream, settings);
    }

    /** The upstreams that have settings of their own, by name. */
    public Set<String> configured() {
        return new TreeSet<>(config.upstreams().keySet());
    }
}
