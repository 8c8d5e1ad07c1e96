package io.penstock.worker.run;

import io.penstock.common.event.JobEvents;
import io.penstock.common.event.JobListener;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.MaintenanceLeases;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.ProgressConfig;
import io.penstock.common.queue.ProgressStore;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.workers.WorkerProfile;
import io.penstock.worker.maintain.MaintenanceLoop;
import io.penstock.worker.maintain.PartitionDuty;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.virtual.threads.VirtualThreads;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The worker process: serves its queues from start to SIGTERM and maintains those that no other worker does. */
@ApplicationScoped
public class Worker {

    private static final Logger LOG = Logger.getLogger(Worker.class);

    private final Vertx vertx;
    private final WorkerConfig config;
    private final QueuePolicies policies;
    private final QueueMaintainer maintainer;
    private final MaintenanceLeases leases;
    private final JobEvents events;
    private final List<PartitionDuty> duties;
    private final QueueWorker.Surroundings surroundings;
    private final HandlerRegistry handlers;
    private final List<QueueWorker> queues = new ArrayList<>();
    private volatile Optional<MaintenanceLoop> maintenance = Optional.empty();
    private Optional<SlotPool> pool = Optional.empty();

    @Inject
    public Worker(
            Vertx vertx,
            WorkerConfig config,
            JobTypes types,
            QueuePolicies policies,
            QueueConsumers consumers,
            QueueMaintainer maintainer,
            MaintenanceLeases leases,
            PayloadCodec codec,
            ProgressStore progressStore,
            ProgressConfig reportConfig,
            @Any Instance<JobHandler<?>> handlers,
            @Any Instance<BlockingJobHandler<?>> blockingHandlers,
            @Any Instance<JobListener> listeners,
            @Any Instance<Backpressure> backpressures,
            @Any Instance<PartitionDuty> duties,
            @VirtualThreads ExecutorService blockingThreads,
            @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean untraced) {
        this.vertx = vertx;
        this.config = config;
        this.policies = policies;
        this.maintainer = maintainer;
        this.leases = leases;
        this.handlers = new HandlerRegistry(handlers, blockingHandlers, blockingThreads, types);
        this.events = new JobEvents(listeners.stream().toList());
        this.duties = duties.stream().toList();
        this.surroundings = new QueueWorker.Surroundings(
                        consumers,
                        this.handlers,
                        codec,
                        policies,
                        events,
                        InstantSource.system(),
                        config.id().orElseGet(WorkerId::ofThisProcess),
                        config,
                        ProgressSettings.of(progressStore, reportConfig),
                        Backpressure.all(backpressures.stream().toList()))
                .tracedBy(JobTracing.ofThisProcess(untraced));
    }

    void start(@Observes StartupEvent event) {
        if (config.lease().compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("penstock.worker.lease must be at least 1s");
        }
        List<QueuePolicy> served = ServedQueues.inOrder(config.queues(), handlers.queues(), policies);
        pool = pool(served);
        LOG.infof(
                "worker %s serves %s%s",
                surroundings.workerId(),
                served.stream().map(QueuePolicy::queue).toList(),
                pool.map(shared -> ", sharing: " + shared).orElse(""));
        CountDownLatch started = new CountDownLatch(served.size());
        for (QueuePolicy policy : served) {
            EventLoopContext context = EventLoopContext.create(vertx);
            context.runOnContext(turn -> {
                QueueWorker queue = pool.map(shared -> new QueueWorker(policy, surroundings, context, shared))
                        .orElseGet(() -> new QueueWorker(policy, surroundings, context));
                synchronized (queues) {
                    queues.add(queue);
                }
                queue.start();
                started.countDown();
            });
        }
        await(started, Duration.ofSeconds(10));
        MaintenanceLoop loop = new MaintenanceLoop(
                served,
                maintainer,
                Optional.of(leases),
                surroundings.workerId(),
                events,
                config,
                EventLoopContext.create(vertx),
                duties);
        maintenance = Optional.of(loop);
        loop.start();
    }

    private Optional<SlotPool> pool(List<QueuePolicy> served) {
        if (config.slots().isPresent()) {
            return Optional.of(new SlotPool(config.slots().getAsInt(), config.sharing(), served));
        }
        if (config.sharing() == Sharing.STRICT) {
            throw new IllegalArgumentException(
                    "penstock.worker.sharing=strict needs penstock.worker.slots: without it there is nothing to share");
        }
        return Optional.empty();
    }

    void stop(@Observes ShutdownEvent event) {
        LOG.infof("worker %s stops: no more claims, %d jobs running", surroundings.workerId(), running());
        pool.ifPresent(SlotPool::close);
        CountDownLatch stopped = new CountDownLatch(queues().size());
        for (QueueWorker queue : queues()) {
            queue.stop(config.drainGrace()).subscribe().with(done -> stopped.countDown(), failure -> {
                LOG.errorf(failure, "queue %s did not stop cleanly", queue.queue());
                stopped.countDown();
            });
        }
        await(stopped, config.drainGrace().plusSeconds(5));
        maintenance.ifPresent(MaintenanceLoop::stop);
        LOG.infof("worker %s has stopped", surroundings.workerId());
    }

    public String id() {
        return surroundings.workerId();
    }

    /** The queues this process serves. */
    public List<QueueWorker> queues() {
        synchronized (queues) {
            return List.copyOf(queues);
        }
    }

    /** What this process is, for those who look at all of them. */
    public WorkerProfile profile(String host, String address, String version, Instant startedAt) {
        return new WorkerProfile(
                host,
                address,
                ProcessHandle.current().pid(),
                version,
                startedAt,
                config.slots().orElse(0),
                queues().stream()
                        .map(queue -> new WorkerProfile.Queue(queue.queue(), queue.concurrency()))
                        .toList(),
                handlers.names());
    }

    /** Claims nothing more for now in all its queues; what runs goes on. */
    public void quiet() {
        queues().forEach(QueueWorker::quiet);
    }

    /** Claims again. */
    public void resume() {
        queues().forEach(QueueWorker::resume);
    }

    /** What gets nowhere although it should, see {@link QueueWorker#stuckLoops}; the housekeeping included. */
    public List<StuckLoop> stuckLoops(Duration limit) {
        List<StuckLoop> stuckLoops = new ArrayList<>();
        queues().forEach(queue -> stuckLoops.addAll(queue.stuckLoops(limit)));
        maintenance.ifPresent(loop -> stuckLoops.addAll(loop.stuckLoops(limit)));
        return stuckLoops;
    }

    public int running() {
        return queues().stream().mapToInt(QueueWorker::running).sum();
    }

    private static void await(CountDownLatch latch, Duration most) {
        try {
            if (!latch.await(most.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warnf("still waiting after %s", most);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
