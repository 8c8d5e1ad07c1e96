package io.penstock.common.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/**
 * Points a {@code @QuarkusTest} at the {@link EmbeddedServers}. Use it on every Quarkus test class with
 * {@code @WithTestResource(ServersResource.class)}: the same resource everywhere means one start of the application.
 */
public final class ServersResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        return settings(EmbeddedServers.redisUrl());
    }

    static Map<String, String> settings(String redisHosts) {
        return Map.of(
                "quarkus.redis.hosts",
                redisHosts,
                "quarkus.datasource.jdbc.url",
                "jdbc:postgresql://" + EmbeddedServers.postgresAddress(),
                "quarkus.datasource.reactive.url",
                "postgresql://" + EmbeddedServers.postgresAddress(),
                "quarkus.datasource.username",
                "postgres",
                "quarkus.datasource.password",
                "postgres");
    }

    @Override
    public void stop() {
        // The servers live as long as the JVM: the next test class uses them again.
    }
}
