package io.penstock.worker.observe;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.run.Worker;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How busy this worker is, and how old its leases are. A scrape reads what the queues know anyway; jobs pay nothing. */
@ApplicationScoped
class WorkerGauges {

    private final Worker worker;
    private final JobMetrics jobs;
    private final MeterRegistry registry;

    @Inject
    WorkerGauges(Worker worker, JobMetrics jobs, MeterRegistry registry) {
        this.worker = worker;
        this.jobs = jobs;
        this.registry = registry;
    }

    /** After the worker has opened its queues. */
    void start(@Observes @Priority(Integer.MAX_VALUE) StartupEvent event) {
        worker.queues().forEach(this::register);
    }

    private void register(QueueWorker queue) {
        jobs.show(queue.queue());
        gauge(
                "penstock.worker.slots",
                "Jobs of the queue that this worker runs at once at most",
                queue,
                null,
                of -> of.concurrency());
        gauge(
                "penstock.worker.running",
                "Jobs of the queue that handlers are working on",
                queue,
                null,
                of -> of.running());
        gauge(
                "penstock.worker.lease.age",
                "Since the oldest lease that is held was renewed; 0: none is held",
                queue,
                "seconds",
                of -> of.leaseAge().toMillis() / 1e3);
        gauge(
                "penstock.worker.lease.duration",
                "How long a lease lasts without renewal",
                queue,
                "seconds",
                of -> of.lease().toMillis() / 1e3);
    }

    private void gauge(
            String name,
            String description,
            QueueWorker queue,
            @Nullable String unit,
            ToDoubleFunction<QueueWorker> value) {
        Gauge.builder(name, queue, value)
                .description(description)
                .baseUnit(unit)
                .tag("queue", queue.queue())
                .register(registry);
    }
}
