package io.penstock.common.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the outbox tells about itself in numbers. Gauges show NaN while PostgreSQL cannot be asked. Every relay shows the
 * same gauges: aggregate them with {@code max}, counters with {@code sum}.
 */
@ApplicationScoped
public class OutboxMeters {

    private final MeterRegistry registry;
    private final Counter relayed;
    private final Counter repeated;
    private final Counter refused;
    private volatile @Nullable OutboxStatus latest;

    @Inject
    public OutboxMeters(MeterRegistry registry) {
        this.registry = registry;
        relayed = Counter.builder("penstock.outbox.relayed")
                .description("Rows whose jobs the queue has")
                .register(registry);
        repeated = Counter.builder("penstock.outbox.repeated")
                .description("Rows the queue had accepted before from a relay that could not delete them")
                .register(registry);
        refused = Counter.builder("penstock.outbox.dead.lettered")
                .description("Rows that could not become jobs and were moved aside")
                .register(registry);
    }

    /** Registers the gauges; only where somebody measures them. */
    void showGauges() {
        gauge("penstock.outbox.lag", "Age of the oldest unsent row", status -> status.lagMs() / 1000.0, "seconds");
        gauge("penstock.outbox.unsent", "Rows that wait for a relay", OutboxStatus::unsent, "rows");
        gauge(
                "penstock.outbox.dead.letters",
                "Refused rows that nobody has dealt with",
                OutboxStatus::deadLetters,
                "rows");
    }

    void moved(RelayRound round) {
        relayed.increment(round.relayed());
        repeated.increment(round.repeated());
        refused.increment(round.refused());
    }

    void measured(@Nullable OutboxStatus status) {
        latest = status;
    }

    private void gauge(String name, String description, ToDoubleFunction<OutboxStatus> value, String unit) {
        Gauge.builder(name, this, own -> own.read(value))
                .description(description)
                .baseUnit(unit)
                .register(registry);
    }

    private double read(ToDoubleFunction<OutboxStatus> value) {
        OutboxStatus status = latest;
        return status == null ? Double.NaN : value.applyAsDouble(status);
    }
}
