package io.penstock.common.flow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the guards of this process do, as {@code penstock.guard.*}. The guards count anyway; a scrape reads their counts,
 * and a call pays nothing.
 */
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
                .tag("state", code(change.to()))
                .register(meters)
                .increment();
    }

    @Override
    public void built(Guard guard, Supplier<GuardReport> figures) {
        String name = guard.upstream();
        count("penstock.guard.calls", "Calls of the upstream that were made", guard, () -> figures.get()
                .calls());
        count(
                "penstock.guard.failures",
                "Calls that failed by the upstream's fault, time-outs included",
                guard,
                () -> figures.get().failures());
        count(
                "penstock.guard.refused",
                "Calls put off: no permit, breaker open, a pause asked for, too many at once",
                guard,
                () -> figures.get().refused());
        for (Guard.Breaker state : Guard.Breaker.values()) {
            Gauge.builder("penstock.guard.state", guard, of -> of.breaker() == state ? 1 : 0)
                    .description("1 for the state that the breaker of the upstream is in, 0 for the others")
                    .tags("guard", name, "state", code(state))
                    .register(meters);
        }
        Gauge.builder("penstock.guard.pause", guard, of -> pauseSeconds(figures.get()))
                .description("How long the upstream is not called yet because it asked for a pause; 0: it is called")
                .baseUnit("seconds")
                .tag("guard", name)
                .register(meters);
    }

    private void count(String name, String description, Guard guard, LongSupplier value) {
        FunctionCounter.builder(name, guard, of -> value.getAsLong())
                .description(description)
                .tag("guard", guard.upstream())
                .register(meters);
    }

    private static double pauseSeconds(GuardReport report) {
        return Math.max(0, Duration.between(report.at(), report.pausedUntil()).toMillis() / 1e3);
    }

    private static String code(Guard.Breaker state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
