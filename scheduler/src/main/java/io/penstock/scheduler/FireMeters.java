package io.penstock.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.penstock.common.schedule.FireTrigger;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/** What the scheduler tells about itself in numbers. */
@ApplicationScoped
public class FireMeters {

    private final Map<FireTrigger, Counter> fires = new EnumMap<>(FireTrigger.class);
    private final Timer lateness;
    private final Timer ticks;
    private final Counter failedTicks;
    private final Counter failedEnqueues;
    private final Counter failedFollows;
    private final Counter badDefinitions;
    private final Counter skipped;
    private final Counter recovered;

    public FireMeters(MeterRegistry registry) {
        for (FireTrigger trigger : FireTrigger.values()) {
            fires.put(
                    trigger,
                    Counter.builder("penstock.schedule.fires")
                            .description("Instants whose job was handed to the queue")
                            .tag("trigger", trigger.code())
                            .register(registry));
        }
        lateness = Timer.builder("penstock.schedule.lateness")
                .description("From the due instant to the job in the queue; catch-up and manual runs left out")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(1))
                .register(registry);
        ticks = Timer.builder("penstock.schedule.tick")
                .description("Time of one tick")
                .register(registry);
        failedTicks = errors(registry, "tick");
        failedEnqueues = errors(registry, "enqueue");
        failedFollows = errors(registry, "follow");
        badDefinitions = errors(registry, "definition");
        skipped = Counter.builder("penstock.schedule.skipped")
                .description("Instants without a job because their previous run was unfinished")
                .register(registry);
        recovered = Counter.builder("penstock.schedule.recovered")
                .description("Instants that a scheduler left between claim and job")
                .register(registry);
    }

    void fired(FireTrigger trigger, Duration late) {
        Counter counter = fires.get(trigger);
        if (counter != null) {
            counter.increment();
        }
        if (trigger == FireTrigger.CRON) {
            lateness.record(late.isNegative() ? Duration.ZERO : late);
        }
    }

    void ticked(Duration time) {
        ticks.record(time);
    }

    void tickFailed() {
        failedTicks.increment();
    }

    void followFailed() {
        failedFollows.increment();
    }

    void enqueueFailed(Collection<?> fires) {
        failedEnqueues.increment(fires.size());
    }

    void badDefinitions(Collection<?> found) {
        badDefinitions.increment(found.size());
    }

    void skipped(Collection<?> fires) {
        skipped.increment(fires.size());
    }

    void recovered(Collection<?> fires) {
        recovered.increment(fires.size());
    }

    private static Counter errors(MeterRegistry registry, String kind) {
        return Counter.builder("penstock.schedule.errors")
                .description("What went wrong: a tick, an enqueue, a definition")
                .tag("kind", kind)
                .register(registry);
    }
}
