package io.penstock.worker.maintenance;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.queue.QueueStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * The depths that this worker measured last, as gauges {@code penstock.queue.depth}. Each run of the monitor is another
 * worker's, so that a value shows NaN when it is old: take the maximum over all workers.
 */
@ApplicationScoped
class QueueDepths {

    /** Somewhat longer than the time between two runs: with one worker there is always a value. */
    private static final Duration FRESH = Duration.ofSeconds(150);

    private final MeterRegistry meters;
    private final Map<String, QueueStatus> latest = new ConcurrentHashMap<>();
    private final Set<String> registered = ConcurrentHashMap.newKeySet();
    private volatile long measuredNanos;

    @Inject
    QueueDepths(MeterRegistry meters) {
        this.meters = meters;
    }

    void measured(Iterable<QueueStatus> queues) {
        measuredNanos = System.nanoTime();
        for (QueueStatus queue : queues) {
            latest.put(queue.queue(), queue);
            if (registered.add(queue.queue())) {
                register(queue.queue(), "waiting", QueueStatus::waiting);
                register(queue.queue(), "active", QueueStatus::active);
                register(queue.queue(), "scheduled", QueueStatus::scheduled);
                register(queue.queue(), "dead", QueueStatus::dead);
            }
        }
    }

    private void register(String queue, String state, ToLongFunction<QueueStatus> count) {
        Gauge.builder("penstock.queue.depth", this, own -> own.read(queue, count))
                .description("Jobs in the queue by state, as the queue monitor found them last")
                .tag("queue", queue)
                .tag("state", state)
                .register(meters);
    }

    private double read(String queue, ToLongFunction<QueueStatus> count) {
        QueueStatus status = latest.get(queue);
        boolean fresh = System.nanoTime() - measuredNanos < FRESH.toNanos();
        return status == null || !fresh ? Double.NaN : count.applyAsLong(status);
    }
}
