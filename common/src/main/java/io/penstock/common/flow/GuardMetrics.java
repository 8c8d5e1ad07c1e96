package io.penstock.common.flow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Locale;

/** Counts how often breakers change, as {@code penstock.guard.changes}. Their present state is a metric of Fault Tolerance. */
@ApplicationScoped
class GuardMetrics implements GuardListener {

    private final MeterRegistry meters;

    @Inject
    GuardMetrics(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void changed(GuardChange change) {
        Counter.builder("penstock.guard.changes")
                .description("How often the breaker of an upstream came into a state")
                .tag("guard", change.guard())
                .tag("state", change.to().name().toLowerCase(Locale.ROOT))
                .register(meters)
                .increment();
    }
}
