package io.penstock.worker.testkit;

import io.penstock.common.event.JobEvents;
import io.penstock.common.event.JobListener;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.worker.run.Backpressure;
import io.penstock.worker.run.BlockingJobHandler;
import io.penstock.worker.run.HandlerRegistry;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.penstock.worker.run.ProgressSettings;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.run.SlotPool;
import io.penstock.worker.run.WorkerConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A worker that is put together by hand, as a deployment's would be but for what a test says:
 *
 * <pre>{@code
 * QueueWorker worker = new TestWorker(redis.vertx(), consumers, policies)
 *         .set("lease", "1s")
 *         .doing(WORK, (payload, job) -> Uni.createFrom().item(Outcome.completed()))
 *         .start(policy);
 * }</pre>
 *
 * Whoever starts a queue stops it, or closes the consumers.
 */
public final class TestWorker {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final QueueConsumers consumers;
    private final QueuePolicies policies;
    private final Map<String, String> settings = new HashMap<>();
    private final List<JobHandler<?>> handlers = new ArrayList<>();
    private final List<BlockingJobHandler<?>> blockingHandlers = new ArrayList<>();
    private final List<JobListener> listeners = new ArrayList<>();
    private ExecutorService threads = ForkJoinPool.commonPool();
    private PayloadCodec codec = TestPayloads.codec();
    private ProgressSettings progressSettings = ProgressSettings.none();
    private Backpressure backpressure = Backpressure.OPEN;
    private String id = "w1";

    /** With no handler yet, and the settings that a deployment has where it says nothing. */
    public TestWorker(Vertx vertx, QueueConsumers consumers, QueuePolicies policies) {
        this.vertx = vertx;
        this.consumers = consumers;
        this.policies = policies;
    }

    /** Its name among the workers; {@code w1} otherwise. */
    public TestWorker named(String id) {
        this.id = id;
        return this;
    }

    /** @param setting under {@code penstock.worker} */
    public TestWorker set(String setting, Object value) {
        settings.put("penstock.worker." + setting, value.toString());
        return this;
    }

    public TestWorker handledBy(JobHandler<?>... more) {
        handlers.addAll(List.of(more));
        return this;
    }

    /**
     * Does jobs of one type without a handler class.
     *
     * @param work told the payload
     */
    public <P> TestWorker doing(JobType<P> type, BiFunction<P, JobContext, Uni<Outcome>> work) {
        return handledBy(new JobHandler<P>() {
            @Override
            public JobType<P> type() {
                return type;
            }

            @Override
            public Uni<Outcome> handle(P payload, JobContext context) {
                return work.apply(payload, context);
            }
        });
    }

    /** @param on the threads they block */
    public TestWorker handledBy(ExecutorService on, List<? extends BlockingJobHandler<?>> more) {
        threads = on;
        blockingHandlers.addAll(more);
        return this;
    }

    public TestWorker heardBy(JobListener listener) {
        listeners.add(listener);
        return this;
    }

    public TestWorker reading(PayloadCodec payloads) {
        codec = payloads;
        return this;
    }

    public TestWorker progressSettings(ProgressSettings to) {
        progressSettings = to;
        return this;
    }

    public TestWorker heldUpBy(Backpressure by) {
        backpressure = by;
        return this;
    }

    /** Its settings, for what runs beside its queues. */
    public WorkerConfig config() {
        return new SmallRyeConfigBuilder()
                .withMapping(WorkerConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(WorkerConfig.class);
    }

    /** Starts a queue with slots of its own, and returns when it runs. */
    public QueueWorker start(QueuePolicy policy) {
        QueueWorker.Surroundings with = surroundings();
        return start(context -> new QueueWorker(policy, with, context));
    }

    /** Starts queues that share slots, each on an event loop of its own. */
    public List<QueueWorker> start(List<QueuePolicy> queues, SlotPool pool) {
        QueueWorker.Surroundings with = surroundings();
        return queues.stream()
                .map(policy -> start(context -> new QueueWorker(policy, with, context, pool)))
                .toList();
    }

    private QueueWorker.Surroundings surroundings() {
        return new QueueWorker.Surroundings(
                consumers,
                new HandlerRegistry(handlers, blockingHandlers, threads),
                codec,
                policies,
                new JobEvents(listeners),
                InstantSource.system(),
                id,
                config(),
                progressSettings,
                backpressure);
    }

    private QueueWorker start(Function<EventLoopContext, QueueWorker> queue) {
        EventLoopContext context = EventLoopContext.create(vertx);
        return Uni.createFrom()
                .<QueueWorker>emitter(emitter -> context.runOnContext(turn -> {
                    QueueWorker worker = queue.apply(context);
                    worker.start();
                    emitter.complete(worker);
                }))
                .await()
                .atMost(PATIENCE);
    }
}
