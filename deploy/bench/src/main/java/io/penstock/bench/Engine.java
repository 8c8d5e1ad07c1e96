package io.penstock.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.event.JobEvents;
import io.penstock.common.event.JobListener;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.queue.redis.RedisQueueTending;
import io.penstock.common.redis.RedisRoutes;
import io.penstock.common.redis.RedisServers;
import io.penstock.worker.observe.JobLog;
import io.penstock.worker.observe.JobMetrics;
import io.penstock.worker.run.ClaimGate;
import io.penstock.worker.run.HandlerRegistry;
import io.penstock.worker.run.JobHandler;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.run.Reporting;
import io.penstock.worker.run.SlotPool;
import io.penstock.worker.run.WorkerConfig;
import io.penstock.worker.tend.Tenders;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.RedisOptions;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * Producer and worker put together from the classes and with the settings that a deployment has, but for the queue's
 * slots and partitions and the container that would inject them. Stop it with {@link #close()}; what it wrote stays.
 */
final class Engine implements AutoCloseable {

    /** The queue of all runs; nobody else has one of this name. */
    static final String QUEUE = "penstock-bench";

    static final JobType<Payload> TYPE =
            JobType.of("bench.nothing", Payload.class).queue(QUEUE);

    /** Of jobs that note when they were due. */
    static final JobType<DuePayload> DUE_TYPE =
            JobType.of("bench.due", DuePayload.class).queue(QUEUE);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAYLOAD_LIMIT = 65_536;

    private final Vertx vertx = Vertx.vertx();
    private final QueuePolicy policy;
    private final QueuePolicies policies;
    private final WorkerConfig workerConfig;
    private final Duration deadline;
    private final RedisRoutes routes;
    private final RedisQueueConsumers consumers;
    private final PayloadCodec codec;
    private final JobEnqueuer enqueuer;
    private final ValidatorFactory validators;
    private final ExecutorService blockingThreads = Executors.newCachedThreadPool();
    private final List<RunningWorker> workers = new ArrayList<>();

    Engine(String redisUrl, int slots, int partitions) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultSources()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(WorkerConfig.class)
                .build();
        workerConfig = config.getConfigMapping(WorkerConfig.class);
        deadline = config.getValue("penstock.redis.deadline", Duration.class);
        policy = QueuePolicy.defaults(QUEUE).withConcurrency(slots).withPartitions(partitions);
        DiagnosticsJobs diagnostics = new DiagnosticsJobs(true);
        policies = new QueuePolicies(List.of(policy, QueuePolicy.defaults(DiagnosticsJobs.PING.queue())));
        RedisServers servers = new RedisServers(vertx, new RedisOptions().setConnectionString(redisUrl));
        routes = servers.openNear("shared");
        consumers = new RedisQueueConsumers(vertx, servers, policies, deadline);
        validators = Validation.byProvider(HibernateValidator.class)
                .configure()
                .messageInterpolator(new ParameterMessageInterpolator())
                .buildValidatorFactory();
        codec = new PayloadCodec(new ObjectMapper(), validators.getValidator(), PAYLOAD_LIMIT);
        enqueuer = new JobEnqueuer(
                new RedisJobQueue(routes, policies, deadline),
                new JobTypes(List.of(() -> List.of(TYPE, DUE_TYPE), diagnostics)),
                codec);
    }

    JobEnqueuer enqueuer() {
        return enqueuer;
    }

    /** For what handlers use besides: a deployment has one, too. */
    Vertx vertx() {
        return vertx;
    }

    /** An event loop for a producer, as an HTTP request would have one. */
    ContextInternal newContext() {
        return ((VertxInternal) vertx).createEventLoopContext();
    }

    // The registry of the Prometheus extension as it is in this platform version.
    @SuppressWarnings("deprecation")
    private static MeterRegistry prometheus() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    /** Starts a worker with all that goes on in one: claim loop, lease keeper, tenders, metrics. */
    RunningWorker startWorker(JobHandler<Payload> handler, Completions completions) {
        return startWorker(List.of(handler), List.of(completions), ClaimGate.OPEN);
    }

    /** The same with more that it can do, more to listen to it, and something that may hold up its claims. */
    RunningWorker startWorker(
            List<? extends JobHandler<?>> handlers, List<? extends JobListener> listeners, ClaimGate gate) {
        List<JobListener> all = new ArrayList<>(List.of(new JobMetrics(prometheus()), new JobLog()));
        all.addAll(listeners);
        JobEvents events = new JobEvents(all);
        QueueWorker.Surroundings surroundings = new QueueWorker.Surroundings(
                consumers,
                new HandlerRegistry(handlers, List.of(), blockingThreads),
                codec,
                policies,
                events,
                InstantSource.system(),
                "bench-" + ProcessHandle.current().pid() + "-" + workers.size(),
                workerConfig,
                Reporting.none(),
                gate);
        ContextInternal context = newContext();
        CompletableFuture<QueueWorker> started = new CompletableFuture<>();
        context.runOnContext(turn -> {
            QueueWorker worker = workerConfig.slots().isPresent()
                    ? new QueueWorker(policy, surroundings, context, pool())
                    : new QueueWorker(policy, surroundings, context);
            worker.start();
            started.complete(worker);
        });
        Tenders tenders =
                new Tenders(policy, new RedisQueueTending(routes, policies, deadline), events, workerConfig, context);
        tenders.start();
        RunningWorker worker = new RunningWorker(
                started.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join(), tenders);
        workers.add(worker);
        return worker;
    }

    private SlotPool pool() {
        return new SlotPool(workerConfig.slots().getAsInt(), workerConfig.sharing(), List.of(policy));
    }

    /** A started worker, to be stopped once. */
    record RunningWorker(QueueWorker queue, Tenders tenders) {

        void stop() {
            tenders.stop();
            queue.stop(PATIENCE).await().atMost(PATIENCE.plusSeconds(5));
        }
    }

    @Override
    public void close() {
        routes.close();
        consumers.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            System.err.println("the engine's connections did not close in order: " + e);
        }
        blockingThreads.shutdownNow();
        validators.close();
    }
}
