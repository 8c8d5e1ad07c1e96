package io.penstock.worker.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobListener;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts and times jobs by queue, type and outcome. Both tags come from code, so that their number is small; ids never
 * become tags.
 */
@ApplicationScoped
public class JobMetrics implements JobListener {

    private final MeterRegistry registry;
    /** Meters by queue, type and outcome: a look-up in the registry per job would cost more than the count. */
    private final Map<Key, Meters> meters = new ConcurrentHashMap<>();

    @Inject
    public JobMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void on(JobEvent event) {
        if (event instanceof JobEvent.Completed e) {
            Meters of = meters(e.queue(), e.job().type(), "completed");
            of.ran.record(e.ran());
            of.waited.record(e.waited());
        } else if (event instanceof JobEvent.AttemptFailed e) {
            meters(e.queue(), e.job().type(), "failed").ran.record(e.ran());
        } else if (event instanceof JobEvent.Snoozed e) {
            meters(e.queue(), e.job().type(), "snoozed").ran.record(e.ran());
        } else if (event instanceof JobEvent.Died e) {
            meters(e.queue(), e.job().type(), "dead").ran.record(e.ran());
        } else if (event instanceof JobEvent.Cancelled e) {
            meters(e.queue(), e.job().type(), e.acknowledged() ? "cancelled" : "forced")
                    .ran
                    .record(e.ran());
        } else if (event instanceof JobEvent.Expired e) {
            counter("penstock.jobs.expired", "Jobs dropped because they were not started in time", e.queue())
                    .increment();
        } else if (event instanceof JobEvent.LeaseLost e) {
            counter("penstock.jobs.fenced", "Results refused because the lease was lost", e.queue())
                    .increment();
        } else if (event instanceof JobEvent.ProgressDropped e) {
            counter("penstock.jobs.progress.dropped", "Progress and log lines of jobs that were not kept", e.queue())
                    .increment(e.count());
        } else if (event instanceof JobEvent.Rescued e) {
            counter("penstock.jobs.rescued", "Jobs taken over from lost workers", e.queue())
                    .increment(e.returned() + e.buried());
        }
    }

    private Counter counter(String name, String description, String queue) {
        return Counter.builder(name)
                .description(description)
                .tag("queue", queue)
                .register(registry);
    }

    private Meters meters(String queue, String type, String outcome) {
        return meters.computeIfAbsent(
                new Key(queue, type, outcome),
                key -> new Meters(
                        Timer.builder("penstock.jobs.run")
                                .description("Time from start to end of an attempt, by outcome")
                                .tags("queue", queue, "type", type, "outcome", outcome)
                                .register(registry),
                        Timer.builder("penstock.jobs.wait")
                                .description("Time a completed job was ready before it started")
                                .tags("queue", queue, "type", type)
                                .serviceLevelObjectives(
                                        Duration.ofMillis(10),
                                        Duration.ofMillis(100),
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(10),
                                        Duration.ofMinutes(1))
                                .register(registry)));
    }

    private record Key(String queue, String type, String outcome) {}

    private record Meters(Timer ran, Timer waited) {}
}
