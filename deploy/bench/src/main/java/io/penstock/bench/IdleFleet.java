package io.penstock.bench;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobEvents;
import io.penstock.common.event.JobListener;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobAdmin;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.worker.run.Backpressure;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Many workers that serve the same queues, each with connections and event loops of its own as a process would have them,
 * and a producer beside them.
 */
final class IdleFleet implements AutoCloseable {

    /** Short, so that an enforced cancellation need not be waited for long. */
    static final Duration CANCEL_GRACE = Duration.ofSeconds(1);

    private static final String QUEUE = Engine.QUEUE + "-idle-";
    /** What a queue has that nobody configured. */
    private static final int SLOTS = 5;

    private final String redisUrl;
    private final List<QueuePolicy> policies;
    private final List<JobType<DuePayload>> types;
    private final Waits waits = new Waits();
    private final Holding holding;
    private final CountedEnds ends = new CountedEnds();
    private final List<Platform> workers = new ArrayList<>();
    private final List<Platform.RunningQueues> running = new ArrayList<>();
    private final Platform producing;
    private final JobEnqueuer enqueuer;
    private final JobAdmin admin;

    IdleFleet(String redisUrl, int queues, int partitions) {
        this.redisUrl = redisUrl;
        policies = IntStream.range(0, queues)
                .mapToObj(number -> QueuePolicy.builder(QUEUE + number)
                        .concurrency(SLOTS)
                        .partitions(partitions)
                        .cancelGrace(CANCEL_GRACE)
                        .build())
                .toList();
        types = IntStream.range(0, queues)
                .mapToObj(number ->
                        JobType.of("bench.idle" + number, DuePayload.class).queue(QUEUE + number))
                .toList();
        holding = new Holding(JobType.of("bench.hold", DuePayload.class).queue(QUEUE + 0));
        producing = platform();
        RedisJobQueue queue = new RedisJobQueue(producing.routes(), producing.policies(), producing.deadline());
        List<JobType<?>> all = new ArrayList<>(types);
        all.add(holding.type());
        enqueuer = new JobEnqueuer(queue, new JobTypes(List.of(() -> all)), producing.codec());
        admin = new RedisJobAdmin(producing.routes(), producing.policies(), queue, producing.deadline());
    }

    /** The name of a queue by its number. */
    static String queue(int number) {
        return QUEUE + number;
    }

    private Platform platform() {
        return new Platform(new RedisOptions().setConnectionString(redisUrl), policies.toArray(QueuePolicy[]::new));
    }

    /** Starts so many more workers, each of which serves every queue. */
    void start(int more) {
        List<JobHandler<?>> handlers =
                new ArrayList<>(types.stream().map(this::handler).toList());
        handlers.add(holding);
        for (int i = 0; i < more; i++) {
            Platform worker = platform();
            workers.add(worker);
            running.add(worker.startWorkers(
                    policies,
                    new Platform.Staff(
                            "bench-idle-" + workers.size(),
                            InstantSource.system(),
                            handlers,
                            List.of(),
                            new JobEvents(List.of(ends)),
                            Backpressure.OPEN)));
        }
    }

    private JobHandler<DuePayload> handler(JobType<DuePayload> type) {
        return new JobHandler<>() {
            @Override
            public JobType<DuePayload> type() {
                return type;
            }

            @Override
            public Uni<Outcome> handle(DuePayload payload, JobContext context) {
                return waits.handle(payload, context);
            }
        };
    }

    int size() {
        return workers.size();
    }

    List<QueuePolicy> policies() {
        return policies;
    }

    /** How long jobs waited since they were due. */
    Waits waits() {
        return waits;
    }

    Holding holding() {
        return holding;
    }

    CountedEnds ends() {
        return ends;
    }

    JobAdmin admin() {
        return admin;
    }

    JobType<DuePayload> type(int queue) {
        return types.get(queue);
    }

    /** Answers with the job's id. */
    String enqueue(JobType<DuePayload> type, DuePayload payload, JobOptions options) {
        return enqueuer.enqueue(type, payload, options)
                .await()
                .atMost(producing.deadline())
                .jobId();
    }

    /** JSON of a payload, as an enqueue would have written it. */
    String json(JobType<DuePayload> type, DuePayload payload) {
        return producing.codec().encode(type, payload);
    }

    @Override
    public void close() {
        running.parallelStream().forEach(Platform.RunningQueues::stop);
        workers.parallelStream().forEach(Platform::close);
        producing.close();
    }

    /** Jobs that go on until they are cancelled. */
    static final class Holding implements JobHandler<DuePayload> {

        private final JobType<DuePayload> type;
        private int begun;
        private int cancelled;

        Holding(JobType<DuePayload> type) {
            this.type = type;
        }

        @Override
        public JobType<DuePayload> type() {
            return type;
        }

        @Override
        public Uni<Outcome> handle(DuePayload payload, JobContext context) {
            synchronized (this) {
                begun++;
            }
            return Uni.createFrom().<Outcome>nothing().onCancellation().invoke(() -> {
                synchronized (this) {
                    cancelled++;
                }
            });
        }

        synchronized int begun() {
            return begun;
        }

        synchronized int cancelled() {
            return cancelled;
        }
    }

    /** How many jobs of all workers have completed. */
    static final class CountedEnds implements JobListener {

        private long completed;

        @Override
        public synchronized void on(JobEvent event) {
            if (event instanceof JobEvent.Completed) {
                completed++;
            }
        }

        synchronized long completed() {
            return completed;
        }
    }
}
