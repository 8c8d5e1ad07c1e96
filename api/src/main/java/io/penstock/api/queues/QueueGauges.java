package io.penstock.api.queues;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How full the queues are, as Prometheus gauges. A timer asks the queues, and a scrape only reads what the timer found:
 * the load on Redis stays the same however many scrapers there are. Gauges show NaN while the queues cannot be asked,
 * because an old depth looks like a healthy one.
 *
 * <p>Every replica of the API shows the same values: aggregate with {@code max}, not {@code sum}.
 */
@ApplicationScoped
class QueueGauges {

    private final QueueOverview overview;
    private final QueuePolicies policies;
    private final MeterRegistry registry;
    private final PeriodicTask task;
    private volatile Map<String, QueueStatus> latest = Map.of();

    @Inject
    QueueGauges(
            QueueOverview overview,
            QueuePolicies policies,
            MeterRegistry registry,
            Vertx vertx,
            @ConfigProperty(name = "penstock.queue-gauges-interval", defaultValue = "15s") Duration interval) {
        this.overview = overview;
        this.policies = policies;
        this.registry = registry;
        this.task = PeriodicTask.task(
                        vertx, "ask the queues for their gauges", PeriodicTask.every(interval, this::runOnce))
                .timeLimit(interval)
                .pauseAfterFailures(failures -> Backoff.jittered(interval))
                .onFailure(failure -> latest = Map.of())
                .build();
    }

    void start(@Observes StartupEvent event) {
        policies.all().stream().map(QueuePolicy::queue).forEach(this::register);
        task.start();
    }

    void stop(@Observes ShutdownEvent event) {
        task.stop();
    }

    /** Asks every queue. */
    Uni<Void> runOnce() {
        return overview.all()
                .invoke(all -> latest = all.stream().collect(Collectors.toMap(QueueStatus::queue, status -> status)))
                .replaceWithVoid();
    }

    private void register(String queue) {
        jobs(queue, "waiting", QueueStatus::waiting);
        jobs(queue, "active", QueueStatus::active);
        jobs(queue, "scheduled", QueueStatus::scheduled);
        jobs(queue, "dead", QueueStatus::dead);
        Gauge.builder(
                        "penstock.queue.oldest.wait",
                        this,
                        own -> own.read(queue, status -> status.oldestWaitMs() / 1000.0))
                .description("How long the longest-waiting ready job has waited")
                .baseUnit("seconds")
                .tag("queue", queue)
                .register(registry);
        Gauge.builder(
                        "penstock.queue.rate.limited",
                        this,
                        own -> own.read(queue, status -> status.rateLimitedMs() / 1000.0))
                .description("Until a permit of the queue's rate limit is due; 0: at once, or no limit")
                .baseUnit("seconds")
                .tag("queue", queue)
                .register(registry);
        Gauge.builder("penstock.queue.paused", this, own -> own.read(queue, status -> status.paused() ? 1 : 0))
                .description("1 while the queue is paused")
                .tag("queue", queue)
                .register(registry);
    }

    private void jobs(String queue, String state, ToDoubleFunction<QueueStatus> count) {
        Gauge.builder("penstock.queue.jobs", this, own -> own.read(queue, count))
                .description("Jobs in the queue by state")
                .tag("queue", queue)
                .tag("state", state)
                .register(registry);
    }

    private double read(String queue, ToDoubleFunction<QueueStatus> value) {
        QueueStatus status = latest.get(queue);
        return status == null ? Double.NaN : value.applyAsDouble(status);
    }
}
