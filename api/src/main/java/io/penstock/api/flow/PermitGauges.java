package io.penstock.api.flow;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.flow.RateLimiter;
import io.penstock.common.flow.UpstreamPolicies;
import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How many permits of each configured upstream are left, as gauges {@code penstock.guard.permits}. A timer asks, and a
 * scrape only reads; NaN while Redis cannot be asked. Every replica shows the same values: aggregate with {@code max}.
 */
@ApplicationScoped
class PermitGauges {

    private final UpstreamPolicies policies;
    private final RateLimiter limiter;
    private final MeterRegistry registry;
    private final PeriodicTask task;
    private final Map<String, Long> left = new ConcurrentHashMap<>();

    @Inject
    PermitGauges(
            UpstreamPolicies policies,
            RateLimiter limiter,
            MeterRegistry registry,
            Vertx vertx,
            @ConfigProperty(name = "penstock.queue-gauges-interval", defaultValue = "15s") Duration interval) {
        this.policies = policies;
        this.limiter = limiter;
        this.registry = registry;
        this.task = PeriodicTask.task(
                        vertx,
                        "ask the limits of upstreams for their gauges",
                        PeriodicTask.every(interval, this::runOnce))
                .timeLimit(interval)
                .pauseAfterFailures(failures -> Backoff.jittered(interval))
                .onFailure(failure -> left.clear())
                .build();
    }

    void start(@Observes StartupEvent event) {
        policies.configured().forEach(this::register);
        task.start();
    }

    void stop(@Observes ShutdownEvent event) {
        task.stop();
    }

    /** Asks for every upstream, one after the other. Takes no permit. */
    Uni<Void> runOnce() {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (String upstream : policies.configured()) {
            all = all.chain(() -> limiter.look(
                            "upstream:" + upstream, policies.of(upstream).rateLimit()))
                    .invoke(permits -> left.put(upstream, permits.left()))
                    .replaceWithVoid();
        }
        return all;
    }

    private void register(String upstream) {
        Gauge.builder("penstock.guard.permits", left, of -> read(upstream))
                .description("Calls of the upstream that could be made at once")
                .tag("guard", upstream)
                .register(registry);
    }

    private double read(String upstream) {
        Long permits = left.get(upstream);
        return permits == null ? Double.NaN : permits;
    }
}
