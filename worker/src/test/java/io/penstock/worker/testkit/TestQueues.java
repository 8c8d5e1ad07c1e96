package io.penstock.worker.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.penstock.common.event.JobEvent;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobLogLine;
import io.penstock.common.queue.JobOutput;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.PayloadUpgrade;
import io.penstock.common.queue.ProgressStore;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisProgressStore;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.queue.redis.RedisQueueMaintainer;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.penstock.worker.run.BlockingJobHandler;
import io.penstock.worker.run.JobHandler;
import io.penstock.worker.run.ProgressSettings;
import io.penstock.worker.run.QueueWorker;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.awaitility.Awaitility;
import redis.embedded.RedisServer;

/**
 * The queues of a few job types on a real Redis of the test's own, worked off by real workers, but only when the test
 * says so:
 *
 * <pre>{@code
 * try (TestQueues queues = new TestQueues(ExampleJobs.COUNT)) {
 *     queues.handledBy(new CountHandler());
 *     queues.enqueue(ExampleJobs.COUNT, new Count("r", 0, 10, 4));
 *     queues.drain();
 *     assertThat(queues.enqueued(ExampleJobs.COUNT)).hasSize(3);
 * }
 * }</pre>
 *
 * Nothing becomes due by itself: {@link #pass} makes due what is scheduled within a duration, at once.
 */
public final class TestQueues implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Takes so many milliseconds off the due time of every scheduled job. */
    private static final String BRING_FORWARD =
            """
            local ids = redis.call('ZRANGE', KEYS[1], 0, -1)
            for _, id in ipairs(ids) do redis.call('ZINCRBY', KEYS[1], -ARGV[1], id) end
            return #ids""";

    private final RedisServer server;
    private final RedisFixture redis;
    private final RedisRouter routes;
    private final Map<String, QueuePolicy> policies = new LinkedHashMap<>();
    private final PayloadCodec codec;
    private final JobQueue queue;
    private final JobEnqueuer enqueuer;
    private final QueueMaintainer maintainer;
    private final ProgressStore progressStore;
    private final RedisQueueConsumers redisConsumers;
    private final QueueConsumers consumers;
    private final QueuePolicies all;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<JobHandler<?>> handlers = new ArrayList<>();
    private final List<BlockingJobHandler<?>> blockingHandlers = new ArrayList<>();
    private final List<NewJob> enqueued = new CopyOnWriteArrayList<>();
    private final List<JobEvent> events = new CopyOnWriteArrayList<>();

    /**
     * One enqueue.
     *
     * @param payload as its handler will see it
     */
    public record Enqueue<P>(P payload, JobOptions options) {}

    /** Queues with the policies a deployment has where it says nothing. */
    public TestQueues(JobType<?>... types) {
        this(List.of(), List.of(types));
    }

    /** @param upgrades for payloads of older versions */
    public TestQueues(List<PayloadUpgrade> upgrades, List<JobType<?>> types) {
        for (JobType<?> type : types) {
            policies.put(type.queue(), QueuePolicy.defaults(type.queue()));
        }
        codec = TestPayloads.codec(upgrades.toArray(PayloadUpgrade[]::new));
        server = EmbeddedServers.startRedis();
        redis = new RedisFixture("redis://127.0.0.1:" + server.ports().get(0));
        routes = redis.routes();
        QueuePolicies all = new QueuePolicies(policies.values());
        queue = recording(new RedisJobQueue(routes, all, DEADLINE));
        enqueuer = new JobEnqueuer(queue, new JobTypes(List.of(() -> types)), codec);
        maintainer = new RedisQueueMaintainer(routes, all, DEADLINE);
        progressStore = new RedisProgressStore(routes, all, DEADLINE, Duration.ofHours(1), 1_000);
        redisConsumers = new RedisQueueConsumers(redis.vertx(), redis.servers(), all, DEADLINE);
        consumers = (policy, partition, line, workerId) ->
                recording(redisConsumers.open(policy, partition, line, workerId));
        this.all = all;
    }

    /** The queue itself, with a note of every job that is handed to it. */
    private JobQueue recording(JobQueue to) {
        return noting(JobQueue.class, to, (method, argument) -> {
            switch (method) {
                case "enqueue" -> enqueued.add((NewJob) argument);
                case "enqueueAll" -> ((List<?>) argument).forEach(job -> enqueued.add((NewJob) job));
                case "enqueueFamily" -> {
                    enqueued.add(((Family) argument).parent());
                    enqueued.addAll(((Family) argument).children());
                }
                default -> {
                    // Nothing else enqueues.
                }
            }
        });
    }

    /** Jobs that follow others are handed over with the ends of these. */
    private QueueConsumer recording(QueueConsumer to) {
        return noting(QueueConsumer.class, to, (method, argument) -> {
            if (method.equals("finish")) {
                ((List<?>) argument).forEach(end -> enqueued.addAll(((FinishedJob) end).followUps()));
            }
        });
    }

    /** The same, with a note of the first argument of each call. */
    private static <T> T noting(Class<T> kind, T to, BiConsumer<String, Object> note) {
        return kind.cast(
                Proxy.newProxyInstance(kind.getClassLoader(), new Class<?>[] {kind}, (proxy, method, arguments) -> {
                    if (arguments != null && arguments.length > 0) {
                        note.accept(method.getName(), arguments[0]);
                    }
                    try {
                        return method.invoke(to, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    /** For handlers that enqueue. */
    public JobEnqueuer enqueuer() {
        return enqueuer;
    }

    /** For handlers, and tests, that look at jobs. */
    public JobQueue queue() {
        return queue;
    }

    public TestQueues handledBy(JobHandler<?> handler) {
        handlers.add(handler);
        return this;
    }

    public TestQueues handledBy(BlockingJobHandler<?> handler) {
        blockingHandlers.add(handler);
        return this;
    }

    /** Enqueues and answers with the job's id. */
    public <P> String enqueue(JobType<P> type, P payload) {
        return enqueue(type, payload, JobOptions.DEFAULT);
    }

    public <P> String enqueue(JobType<P> type, P payload, JobOptions options) {
        return get(enqueuer.enqueue(type, payload, options)).jobId();
    }

    /** Enqueues a stored payload, as an older or newer producer wrote it. */
    public String enqueueStored(JobType<?> type, String payload, int version) {
        return get(queue.enqueue(
                        new NewJob(type.name(), type.queue(), payload, version, JobOptions.DEFAULT, type.timeout())))
                .jobId();
    }

    /** Runs all ready jobs, and those that they make ready, until none is left. What is scheduled stays so. */
    public void drain() {
        List<QueueWorker> workers =
                policies.values().stream().map(this::startWorker).toList();
        Awaitility.await().atMost(PATIENCE).until(this::isIdle);
        workers.forEach(worker -> get(worker.stop(Duration.ofSeconds(5))));
    }

    private QueueWorker startWorker(QueuePolicy policy) {
        TestWorker worker = new TestWorker(redis.vertx(), consumers, all)
                .named("test-worker")
                .set("claim-wait", "50ms")
                .handledBy(threads, blockingHandlers)
                .heardBy(events::add)
                .reading(codec)
                .progressSettings(new ProgressSettings(progressStore, Duration.ofMillis(10), 1_000, 2_000));
        return worker.handledBy(handlers.toArray(JobHandler<?>[]::new)).start(policy);
    }

    /** Jobs may pass from queue to queue behind one's back, but not without an enqueue. */
    private boolean isIdle() {
        int before = enqueued.size();
        for (String name : policies.keySet()) {
            QueueStatus status = get(queue.status(name));
            if (status.waiting() > 0 || status.active() > 0) {
                return false;
            }
        }
        return enqueued.size() == before;
    }

    /**
     * Makes ready whatever is scheduled within the duration from now: delayed and snoozed jobs and retries. Expiries and
     * windows of uniqueness keys go by Redis's clock and stay where they are.
     *
     * @return how many jobs became ready
     */
    public int pass(Duration duration) {
        int moved = 0;
        for (QueuePolicy policy : policies.values()) {
            for (int partition = 0; partition < policy.partitions(); partition++) {
                redis.run(
                        "EVAL", BRING_FORWARD, 1, RedisKeys.scheduled(policy.queue(), partition), duration.toMillis());
                moved += get(maintainer.promoteDue(policy, partition, 5_000)).moved();
            }
        }
        return moved;
    }

    /** What was enqueued of this type since the start, by the test and by handlers, in order. */
    public <P> List<Enqueue<P>> enqueued(JobType<P> type) {
        return enqueued.stream()
                .filter(job -> job.type().equals(type.name()))
                .map(job -> new Enqueue<>(payload(type, job), job.options()))
                .toList();
    }

    private <P> P payload(JobType<P> type, NewJob job) {
        try {
            return codec.decode(type, job.payload());
        } catch (JsonProcessingException e) {
            throw new AssertionError("the payload of a " + type.name() + " does not parse", e);
        }
    }

    /** The job as it is now; fails when it is not known. */
    public JobView job(String id) {
        return get(queue.find(id)).orElseThrow(() -> new AssertionError("no job " + id));
    }

    /** Its last progress, and how it ended if it asked for that to be kept. */
    public JobOutput output(String id) {
        return get(progressStore.find(id));
    }

    /** The lines it wrote. */
    public List<String> log(String id) {
        return get(progressStore.lines(id)).stream().map(JobLogLine::text).toList();
    }

    /** What workers told, in order. */
    public List<JobEvent> events() {
        return List.copyOf(events);
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    @Override
    public void close() {
        redisConsumers.close();
        routes.close();
        redis.close();
        threads.shutdownNow();
        server.stop();
    }
}
