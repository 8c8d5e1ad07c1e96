package io.penstock.worker.observe;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.queue.LongRunningJob;
import io.penstock.common.queue.LongRunningJobs;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.run.Worker;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the jobs of this worker that have run for longer than is usual in their queue, shows them to the API, and counts
 * them as {@code penstock.jobs.slow}. Nothing happens to them: their time limit is another matter.
 */
@ApplicationScoped
class LongRunningMonitor {

    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Worker worker;
    private final LongRunningJobs jobs;
    private final LongRunningConfig config;
    private final MeterRegistry meters;
    private final PeriodicTask task;
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final Set<String> metered = ConcurrentHashMap.newKeySet();

    @Inject
    LongRunningMonitor(
            Worker worker, LongRunningJobs jobs, LongRunningConfig config, MeterRegistry meters, Vertx vertx) {
        this.worker = worker;
        this.jobs = jobs;
        this.config = config;
        this.meters = meters;
        this.task = PeriodicTask.task(vertx, "show jobs that run for long", PeriodicTask.every(EVERY, this::runOnce))
                .build();
    }

    void start(@Observes @Priority(Integer.MAX_VALUE) StartupEvent event) {
        task.startAfter(EVERY);
    }

    void stop(@Observes ShutdownEvent event) {
        task.stop();
    }

    /** Looks at every queue of this worker. */
    Uni<Void> runOnce() {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (QueueWorker queue : worker.queues()) {
            if (metered.add(queue.queue())) {
                Gauge.builder("penstock.jobs.slow", counts, of -> of.getOrDefault(queue.queue(), 0))
                        .description("Jobs of this worker that have run for longer than is usual in their queue")
                        .tag("queue", queue.queue())
                        .register(meters);
            }
            all = all.chain(() -> queue.runningLongerThan(limit(queue.queue())))
                    .chain(found -> show(queue.queue(), found));
        }
        return all;
    }

    private Duration limit(String queue) {
        LongRunningConfig.Queue own = config.queue().get(queue);
        return own == null ? config.slowAfter() : own.slowAfter();
    }

    /** What has not changed from none to none costs nothing. */
    private Uni<Void> show(String queue, List<LongRunningJob> found) {
        Integer before = counts.put(queue, found.size());
        return found.isEmpty() && (before == null || before == 0)
                ? Uni.createFrom().voidItem()
                : jobs.show(queue, worker.id(), found);
    }
}
