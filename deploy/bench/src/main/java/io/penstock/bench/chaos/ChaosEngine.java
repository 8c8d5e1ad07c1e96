package io.penstock.bench.chaos;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.bench.Platform;
import io.penstock.common.event.JobEvents;
import io.penstock.common.event.JobListener;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobAdmin;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.redis.RedisRouter;
import io.penstock.worker.observe.JobLog;
import io.penstock.worker.observe.JobMetrics;
import io.penstock.worker.run.BlockingJobHandler;
import io.penstock.worker.run.JobHandler;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Producer and worker of one process of a run, on the queue of the run. Settings come as system properties. */
final class ChaosEngine implements AutoCloseable {

    /** How long a running job that is asked to stop may take. */
    static final Duration CANCEL_GRACE = Duration.ofSeconds(1);

    static final String KEEP_PROPERTY = "penstock.chaos.keep";
    static final String STALLS_PROPERTY = "penstock.chaos.max-stalls";
    static final String PARTITIONS_PROPERTY = "penstock.chaos.partitions";

    private static final int SLOTS = 10;

    private final QueuePolicy policy =
            policy(Integer.getInteger(KEEP_PROPERTY, 1), Integer.getInteger(PARTITIONS_PROPERTY, 1));
    private final Platform platform;
    private final JobQueue queue;
    private final JobEnqueuer enqueuer;

    ChaosEngine(RedisAddress redis) {
        platform = new Platform(redis.options(), policy);
        queue = new RedisJobQueue(platform.routes(), platform.policies(), platform.deadline());
        enqueuer = new JobEnqueuer(
                queue,
                new JobTypes(
                        List.of(() -> List.of(ChaosJob.WORK, ChaosJob.POISON, ChaosJob.HOSTILE, ChaosJob.STUBBORN))),
                platform.codec());
    }

    private static QueuePolicy policy(int keep, int partitions) {
        QueuePolicy.Builder builder = QueuePolicy.builder(ChaosJob.QUEUE)
                .concurrency(SLOTS)
                .keepCompleted(keep)
                .partitions(partitions)
                .cancelGrace(CANCEL_GRACE);
        Integer stalls = Integer.getInteger(STALLS_PROPERTY);
        return stalls == null ? builder.build() : builder.maxStalls(stalls).build();
    }

    Vertx vertx() {
        return platform.vertx();
    }

    Duration deadline() {
        return platform.deadline();
    }

    QueuePolicy policy() {
        return policy;
    }

    RedisRouter routes() {
        return platform.routes();
    }

    JobEnqueuer enqueuer() {
        return enqueuer;
    }

    JobQueue queue() {
        return queue;
    }

    JobAdmin jobAdmin() {
        return new RedisJobAdmin(platform.routes(), platform.policies(), queue, platform.deadline());
    }

    EventLoopContext newContext() {
        return platform.newContext();
    }

    /** Starts a worker with all that goes on in one, as {@code Worker} does. */
    Platform.RunningWorker startWorker(
            String id,
            InstantSource clock,
            List<JobHandler<?>> handlers,
            List<BlockingJobHandler<?>> blocking,
            JobListener listener,
            ChaosHistory history) {
        JobEvents events = new JobEvents(
                List.of(new JobMetrics(new SimpleMeterRegistry()), new JobLog(), listener, history.recorder(id)));
        return platform.startWorker(
                policy,
                new Platform.Staff(
                        id, clock, handlers, blocking, events, history.gate(), List.of(history.unreported(this))));
    }

    @Override
    public void close() {
        platform.close();
    }
}
