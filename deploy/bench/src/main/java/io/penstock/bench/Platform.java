package io.penstock.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.event.JobEvents;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisMaintenanceLeases;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.queue.redis.RedisQueueMaintainer;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisServers;
import io.penstock.worker.maintain.MaintenanceLoop;
import io.penstock.worker.maintain.PartitionDuty;
import io.penstock.worker.run.Backpressure;
import io.penstock.worker.run.BlockingJobHandler;
import io.penstock.worker.run.HandlerRegistry;
import io.penstock.worker.run.JobHandler;
import io.penstock.worker.run.ProgressSettings;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.run.SlotPool;
import io.penstock.worker.run.WorkerConfig;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * What a process of a deployment has: connections, payloads, and workers, put together from the same classes and with the
 * same settings, but for the queues and the container that would inject them. Settings come as system properties. Stop it
 * with {@link #close()}; what it wrote stays.
 */
public final class Platform implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAYLOAD_LIMIT = 65_536;

    private final Vertx vertx = Vertx.vertx();
    private final WorkerConfig workerConfig;
    private final Duration deadline;
    private final QueuePolicies policies;
    private final RedisServers servers;
    private final RedisRouter routes;
    private final RedisQueueConsumers consumers;
    private final ValidatorFactory validators;
    private final PayloadCodec codec;
    private final ExecutorService blockingThreads = Executors.newCachedThreadPool();

    public Platform(RedisOptions redis, QueuePolicy... queues) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultSources()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(WorkerConfig.class)
                .build();
        workerConfig = config.getConfigMapping(WorkerConfig.class);
        deadline = config.getValue("penstock.redis.deadline", Duration.class);
        policies = new QueuePolicies(List.of(queues));
        servers = new RedisServers(vertx, redis);
        routes = servers.openNear("shared");
        consumers = new RedisQueueConsumers(vertx, servers, policies, deadline);
        validators = Validation.byProvider(HibernateValidator.class)
                .configure()
                .messageInterpolator(new ParameterMessageInterpolator())
                .buildValidatorFactory();
        codec = new PayloadCodec(new ObjectMapper(), validators.getValidator(), PAYLOAD_LIMIT);
    }

    public Vertx vertx() {
        return vertx;
    }

    /** An event loop, as an HTTP request or a queue would have one. */
    public EventLoopContext newContext() {
        return EventLoopContext.create(vertx);
    }

    /** Of a command to Redis. */
    public Duration deadline() {
        return deadline;
    }

    public QueuePolicies policies() {
        return policies;
    }

    public RedisRouter routes() {
        return routes;
    }

    public PayloadCodec codec() {
        return codec;
    }

    /**
     * A worker of one queue, before its start.
     *
     * @param id its name among the workers
     * @param backpressure may hold up its claims
     * @param duties besides those that every worker has
     */
    public record Staff(
            String id,
            InstantSource clock,
            List<? extends JobHandler<?>> handlers,
            List<? extends BlockingJobHandler<?>> blockingHandlers,
            JobEvents events,
            Backpressure backpressure,
            List<PartitionDuty> duties) {

        /** Without further duties. */
        public Staff(
                String id,
                InstantSource clock,
                List<? extends JobHandler<?>> handlers,
                List<? extends BlockingJobHandler<?>> blockingHandlers,
                JobEvents events,
                Backpressure backpressure) {
            this(id, clock, handlers, blockingHandlers, events, backpressure, List.of());
        }
    }

    /** Starts a worker of one queue with all that goes on in one: claim loop, lease keeper, maintenance. */
    public RunningWorker startWorker(QueuePolicy policy, Staff staff) {
        EventLoopContext context = newContext();
        QueueWorker worker = start(policy, surroundings(staff), context);
        return new RunningWorker(worker, maintain(List.of(policy), staff, context), workerConfig.drainGrace(), context);
    }

    /** Starts a worker that serves several queues. */
    public RunningQueues startWorkers(List<QueuePolicy> queues, Staff staff) {
        QueueWorker.Surroundings surroundings = surroundings(staff);
        List<QueueWorker> started = queues.stream()
                .map(policy -> start(policy, surroundings, newContext()))
                .toList();
        return new RunningQueues(started, maintain(queues, staff, newContext()), workerConfig.drainGrace());
    }

    private QueueWorker.Surroundings surroundings(Staff staff) {
        return new QueueWorker.Surroundings(
                consumers,
                new HandlerRegistry(staff.handlers(), staff.blockingHandlers(), blockingThreads),
                codec,
                policies,
                staff.events(),
                staff.clock(),
                staff.id(),
                workerConfig,
                ProgressSettings.none(),
                staff.backpressure());
    }

    private QueueWorker start(QueuePolicy policy, QueueWorker.Surroundings surroundings, EventLoopContext context) {
        CompletableFuture<QueueWorker> started = new CompletableFuture<>();
        context.runOnContext(turn -> {
            QueueWorker worker = workerConfig.slots().isPresent()
                    ? new QueueWorker(policy, surroundings, context, pool(policy))
                    : new QueueWorker(policy, surroundings, context);
            worker.start();
            started.complete(worker);
        });
        return started.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    private MaintenanceLoop maintain(List<QueuePolicy> queues, Staff staff, EventLoopContext context) {
        MaintenanceLoop maintenance = new MaintenanceLoop(
                queues,
                new RedisQueueMaintainer(routes, policies, deadline),
                Optional.of(new RedisMaintenanceLeases(routes, servers, vertx, deadline)),
                staff.id(),
                staff.events(),
                workerConfig,
                context,
                staff.duties());
        maintenance.start();
        return maintenance;
    }

    /** Queues of one started worker, to be stopped once. */
    public record RunningQueues(List<QueueWorker> queues, MaintenanceLoop maintenance, Duration grace) {

        /** Lets running jobs end, as long as the settings allow, and hands the rest back. */
        public void stop() {
            maintenance.stop();
            Uni.join()
                    .all(queues.stream().map(queue -> queue.stop(grace)).toList())
                    .andFailFast()
                    .await()
                    .atMost(grace.plusSeconds(5));
        }
    }

    private SlotPool pool(QueuePolicy policy) {
        return new SlotPool(workerConfig.slots().getAsInt(), workerConfig.sharing(), List.of(policy));
    }

    /** A started worker, to be stopped once. */
    public record RunningWorker(
            QueueWorker queue, MaintenanceLoop maintenance, Duration grace, EventLoopContext context) {

        /** Lets running jobs end, as long as the settings allow, and hands the rest back. */
        public void stop() {
            queue.stop(grace).await().atMost(grace.plusSeconds(5));
            maintenance.stop();
        }
    }

    @Override
    public void close() {
        routes.close();
        consumers.close();
        servers.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            System.err.println("connections did not close in order: " + e);
        }
        blockingThreads.shutdownNow();
        validators.close();
    }
}
