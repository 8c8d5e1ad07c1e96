package io.penstock.common.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;

/**
 * Points a {@code @QuarkusTest} at the Redis Cluster of the {@link EmbeddedServers}, by configuration only. It makes the
 * application start once more: for the few tests that are about that.
 */
public final class ClusterResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        Map<String, String> settings = new HashMap<>(ServersResource.settings(
                String.join(",", EmbeddedServers.cluster().urls())));
        settings.put("quarkus.redis.client-type", "cluster");
        settings.put("penstock.queue.\"diagnostics\".partitions", "3");
        return settings;
    }

    @Override
    public void stop() {
        // The servers live as long as the JVM.
    }
}
