package io.penstock.bench;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.event.JobEvents;
import io.penstock.common.event.JobListener;
import io.penstock.common.job.JobType;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.worker.observe.JobLog;
import io.penstock.worker.observe.JobMetrics;
import io.penstock.worker.run.Backpressure;
import io.penstock.worker.run.JobHandler;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Producer and worker of a measurement, on a queue with given slots and partitions, with metrics and log. */
final class Engine implements AutoCloseable {

    /** The queue of all runs; nobody else has one of this name. */
    static final String QUEUE = "penstock-bench";

    static final JobType<Payload> TYPE =
            JobType.of("bench.nothing", Payload.class).queue(QUEUE);

    /** Of jobs that note when they were due. */
    static final JobType<DuePayload> DUE_TYPE =
            JobType.of("bench.due", DuePayload.class).queue(QUEUE);

    private final QueuePolicy policy;
    private final Platform platform;
    private final JobEnqueuer enqueuer;
    private final AtomicInteger workers = new AtomicInteger();

    Engine(String redisUrl, int slots, int partitions) {
        policy = QueuePolicy.defaults(QUEUE).withConcurrency(slots).withPartitions(partitions);
        DiagnosticsJobs diagnostics = new DiagnosticsJobs();
        platform = new Platform(
                new RedisOptions().setConnectionString(redisUrl),
                policy,
                QueuePolicy.defaults(DiagnosticsJobs.PING.queue()));
        enqueuer = new JobEnqueuer(
                new RedisJobQueue(platform.routes(), platform.policies(), platform.deadline()),
                new JobTypes(List.of(() -> List.of(TYPE, DUE_TYPE), diagnostics)),
                platform.codec());
    }

    JobEnqueuer enqueuer() {
        return enqueuer;
    }

    /** For what handlers use besides: a deployment has one, too. */
    Vertx vertx() {
        return platform.vertx();
    }

    /** An event loop for a producer, as an HTTP request would have one. */
    EventLoopContext newContext() {
        return platform.newContext();
    }

    // The registry of the Prometheus extension as it is in this platform version.
    @SuppressWarnings("deprecation")
    private static MeterRegistry prometheus() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    /** Starts a worker with all that goes on in one: claim loop, lease keeper, maintenance, metrics. */
    Platform.RunningWorker startWorker(JobHandler<Payload> handler, Completions completions) {
        return startWorker(List.of(handler), List.of(completions), Backpressure.OPEN);
    }

    /** The same with more that it can do, more to listen to it, and something that may hold up its claims. */
    Platform.RunningWorker startWorker(
            List<? extends JobHandler<?>> handlers, List<? extends JobListener> listeners, Backpressure backpressure) {
        List<JobListener> all = new ArrayList<>(List.of(new JobMetrics(prometheus()), new JobLog()));
        all.addAll(listeners);
        return platform.startWorker(
                policy,
                new Platform.Staff(
                        "bench-" + ProcessHandle.current().pid() + "-" + workers.getAndIncrement(),
                        InstantSource.system(),
                        handlers,
                        List.of(),
                        new JobEvents(all),
                        backpressure));
    }

    @Override
    public void close() {
        platform.close();
    }
}
