package io.penstock.api.flow;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.flow.GuardForce;
import io.penstock.common.flow.GuardForces;
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
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * What operators have forced on the breakers of configured upstreams, as gauges {@code penstock.guard.forced}. A timer asks
 * PostgreSQL, and a scrape only reads; NaN while it cannot be asked. Every replica shows the same values: aggregate with {@code max}.
 */
@ApplicationScoped
class ForceGauges {

    private static final List<GuardForce.State> STATES = List.of(GuardForce.State.OPEN, GuardForce.State.CLOSED);

    private final UpstreamPolicies policies;
    private final GuardForces forces;
    private final MeterRegistry registry;
    private final PeriodicTask task;
    /** By upstream; null: not known. */
    private volatile @Nullable Map<String, GuardForce.State> forced;

    @Inject
    ForceGauges(
            UpstreamPolicies policies,
            GuardForces forces,
            MeterRegistry registry,
            Vertx vertx,
            @ConfigProperty(name = "penstock.queue-gauges-interval", defaultValue = "15s") Duration interval) {
        this.policies = policies;
        this.forces = forces;
        this.registry = registry;
        this.task = PeriodicTask.task(
                        vertx,
                        "ask what is forced on guards for its gauges",
                        PeriodicTask.every(interval, this::runOnce))
                .timeLimit(interval)
                .pauseAfterFailures(failures -> Backoff.jittered(interval))
                .onFailure(failure -> forced = null)
                .build();
    }

    void start(@Observes StartupEvent event) {
        policies.configured().forEach(upstream -> STATES.forEach(state -> register(upstream, state)));
        task.start();
    }

    void stop(@Observes ShutdownEvent event) {
        task.stop();
    }

    Uni<Void> runOnce() {
        return forces.all()
                .invoke(all -> forced = all.stream().collect(Collectors.toMap(GuardForce::guard, GuardForce::state)))
                .replaceWithVoid();
    }

    private void register(String upstream, GuardForce.State state) {
        Gauge.builder("penstock.guard.forced", this, own -> own.read(upstream, state))
                .description("1 while an operator forces the breaker of the upstream into the state")
                .tags("guard", upstream, "state", state.code())
                .register(registry);
    }

    private double read(String upstream, GuardForce.State state) {
        Map<String, GuardForce.State> known = forced;
        if (known == null) {
            return Double.NaN;
        }
        return known.get(upstream) == state ? 1 : 0;
    }
}
