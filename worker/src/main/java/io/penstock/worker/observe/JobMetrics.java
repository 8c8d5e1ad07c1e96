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

    /** The same for waits and runs, so that both can be laid over one another. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(10),
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1)
    };

    private final MeterRegistry registry;
    /** Meters by queue, type and outcome: a look-up in the registry per job would cost more than the count. */
    private final Map<Key, Meters> meters = new ConcurrentHashMap<>();

    @Inject
    public JobMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows the counts of a queue as zeros: of a series that begins with its first count Prometheus sees no increase. */
    void show(String queue) {
        expired(queue);
        fenced(queue);
        progressDropped(queue);
        rescued(queue, "returned");
        rescued(queue, "dead");
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
            expired(e.queue()).increment();
        } else if (event instanceof JobEvent.LeaseLost e) {
            fenced(e.queue()).increment();
        } else if (event instanceof JobEvent.ProgressDropped e) {
            progressDropped(e.queue()).increment(e.count());
        } else if (event instanceof JobEvent.Rescued e) {
            rescued(e.queue(), "returned").increment(e.returned());
            rescued(e.queue(), "dead").increment(e.buried());
        }
    }

    private Counter expired(String queue) {
        return counter("penstock.jobs.expired", "Jobs dropped because they were not started in time", queue);
    }

    private Counter fenced(String queue) {
        return counter("penstock.jobs.fenced", "Results refused because the lease was lost", queue);
    }

    private Counter progressDropped(String queue) {
        return counter("penstock.jobs.progress.dropped", "Progress and log lines of jobs that were not kept", queue);
    }

    private Counter rescued(String queue, String result) {
        return Counter.builder("penstock.jobs.rescued")
                .description("Jobs taken over from lost workers: returned to the queue, or dead after too many losses")
                .tags("queue", queue, "result", result)
                .register(registry);
    }

    private Counter counter(String name, String description, String queue) {
        return Counter.builder(name)
                .description(description)
                .tag("queue", queue)
                .register(registry);
    }

    private Meters meters(String queue, String type, String outcome) {
        Key key = new Key(queue, type, outcome);
        // No lock for what is there already, which is every job but the first.
        Meters known = meters.get(key);
        return known != null ? known : meters.computeIfAbsent(key, this::register);
    }

    private Meters register(Key key) {
        return new Meters(
                Timer.builder("penstock.jobs.run")
                        .description("Time from start to end of an attempt, by outcome")
                        .tags("queue", key.queue(), "type", key.type(), "outcome", key.outcome())
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry),
                Timer.builder("penstock.jobs.wait")
                        .description("Time a completed job was ready before it started")
                        .tags("queue", key.queue(), "type", key.type())
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry));
    }

    private record Key(String queue, String type, String outcome) {}

    private record Meters(Timer ran, Timer waited) {}
}
