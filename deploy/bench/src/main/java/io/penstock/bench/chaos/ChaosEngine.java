package io.penstock.bench.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.event.JobEvents;
import io.penstock.common.event.JobListener;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobSteering;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisJobSteering;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.queue.redis.RedisQueueTending;
import io.penstock.common.redis.RedisRoutes;
import io.penstock.common.redis.RedisServers;
import io.penstock.worker.observe.JobLog;
import io.penstock.worker.observe.JobMetrics;
import io.penstock.worker.run.BlockingJobHandler;
import io.penstock.worker.run.ClaimGate;
import io.penstock.worker.run.HandlerRegistry;
import io.penstock.worker.run.JobHandler;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.run.Reporting;
import io.penstock.worker.run.WorkerConfig;
import io.penstock.worker.tend.Tenders;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * Producer and worker of one process, put together from the classes and with the settings that a deployment has, but for
 * the queue and the container that would inject them. Settings come as system properties.
 */
final class ChaosEngine implements AutoCloseable {

    /** How long a running job that is asked to stop may take. */
    static final Duration CANCEL_GRACE = Duration.ofSeconds(1);

    static final String KEEP_PROPERTY = "penstock.chaos.keep";
    static final String STALLS_PROPERTY = "penstock.chaos.max-stalls";
    static final String PARTITIONS_PROPERTY = "penstock.chaos.partitions";

    private static final int SLOTS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAYLOAD_LIMIT = 65_536;

    private final Vertx vertx = Vertx.vertx();
    private final WorkerConfig workerConfig;
    private final Duration deadline;
    private final QueuePolicy policy;
    private final QueuePolicies policies;
    private final RedisServers servers;
    private final RedisRoutes routes;
    private final RedisQueueConsumers consumers;
    private final ValidatorFactory validators;
    private final PayloadCodec codec;
    private final JobQueue queue;
    private final JobEnqueuer enqueuer;
    private final ExecutorService blockingThreads = Executors.newCachedThreadPool();

    ChaosEngine(RedisAddress redis) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultSources()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(WorkerConfig.class)
                .build();
        workerConfig = config.getConfigMapping(WorkerConfig.class);
        deadline = config.getValue("penstock.redis.deadline", Duration.class);
        policy = policy(Integer.getInteger(KEEP_PROPERTY, 1), Integer.getInteger(PARTITIONS_PROPERTY, 1));
        policies = new QueuePolicies(List.of(policy));
        servers = new RedisServers(vertx, redis.options());
        routes = servers.openNear("shared");
        consumers = new RedisQueueConsumers(vertx, servers, policies, deadline);
        validators = Validation.byProvider(HibernateValidator.class)
                .configure()
                .messageInterpolator(new ParameterMessageInterpolator())
                .buildValidatorFactory();
        codec = new PayloadCodec(new ObjectMapper(), validators.getValidator(), PAYLOAD_LIMIT);
        queue = new RedisJobQueue(routes, policies, deadline);
        enqueuer = new JobEnqueuer(
                queue, new JobTypes(List.of(() -> List.of(ChaosJob.WORK, ChaosJob.POISON, ChaosJob.STUBBORN))), codec);
    }

    private static QueuePolicy policy(int keep, int partitions) {
        QueuePolicy base = QueuePolicy.defaults(ChaosJob.QUEUE)
                .withConcurrency(SLOTS)
                .withKeepCompleted(keep)
                .withPartitions(partitions);
        return new QueuePolicy(
                base.queue(),
                base.concurrency(),
                base.attempts(),
                base.retry(),
                base.keepCompleted(),
                base.keepDead(),
                base.timeout(),
                Integer.getInteger(STALLS_PROPERTY, base.maxStalls()),
                base.partitions(),
                base.weight(),
                base.rateLimit(),
                base.limitedTypes(),
                base.globalConcurrency(),
                base.ageing(),
                base.groups(),
                base.keepBytes(),
                CANCEL_GRACE);
    }

    Vertx vertx() {
        return vertx;
    }

    Duration deadline() {
        return deadline;
    }

    QueuePolicy policy() {
        return policy;
    }

    RedisRoutes routes() {
        return routes;
    }

    JobEnqueuer enqueuer() {
        return enqueuer;
    }

    JobQueue queue() {
        return queue;
    }

    JobSteering steering() {
        return new RedisJobSteering(routes, policies, queue, deadline);
    }

    ContextInternal newContext() {
        return ((VertxInternal) vertx).createEventLoopContext();
    }

    /** Starts a worker with all that goes on in one, as {@code Worker} does. */
    RunningWorker startWorker(
            String id,
            InstantSource clock,
            List<JobHandler<?>> handlers,
            List<BlockingJobHandler<?>> blocking,
            JobListener listener) {
        JobEvents events = new JobEvents(List.of(new JobMetrics(new SimpleMeterRegistry()), new JobLog(), listener));
        QueueWorker.Surroundings surroundings = new QueueWorker.Surroundings(
                consumers,
                new HandlerRegistry(new ArrayList<>(handlers), new ArrayList<>(blocking), blockingThreads),
                codec,
                policies,
                events,
                clock,
                id,
                workerConfig,
                Reporting.none(),
                ClaimGate.OPEN);
        ContextInternal context = newContext();
        CompletableFuture<QueueWorker> started = new CompletableFuture<>();
        context.runOnContext(turn -> {
            QueueWorker worker = new QueueWorker(policy, surroundings, context);
            worker.start();
            started.complete(worker);
        });
        Tenders tenders =
                new Tenders(policy, new RedisQueueTending(routes, policies, deadline), events, workerConfig, context);
        tenders.start();
        return new RunningWorker(
                started.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join(),
                tenders,
                workerConfig.drainGrace(),
                context);
    }

    /** A started worker, to be stopped once. */
    record RunningWorker(QueueWorker queue, Tenders tenders, Duration grace, Context context) {

        void stop() {
            queue.stop(grace).await().atMost(grace.plusSeconds(5));
            tenders.stop();
        }
    }

    @Override
    public void close() {
        routes.close();
        consumers.close();
        servers.close();
        blockingThreads.shutdownNow();
        validators.close();
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> null)
                .join();
    }
}
