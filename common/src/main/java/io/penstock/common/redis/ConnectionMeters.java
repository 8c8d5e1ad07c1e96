package io.penstock.common.redis;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Shows how the connections to Redis fare. */
@ApplicationScoped
class ConnectionMeters {

    void start(@Observes StartupEvent event, MeterRegistry registry) {
        register(registry, ConnectionCounts.OF_THIS_PROCESS);
    }

    static void register(MeterRegistry registry, ConnectionCounts counts) {
        FunctionCounter.builder("penstock.redis.reconnects", counts, ConnectionCounts::reconnects)
                .description("Connections to Redis that were lost and made anew")
                .register(registry);
        FunctionCounter.builder("penstock.redis.connect.failures", counts, ConnectionCounts::failures)
                .description("Attempts to connect to Redis that failed")
                .register(registry);
    }
}
