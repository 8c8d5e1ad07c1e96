package io.penstock.worker.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvents;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.queue.redis.RedisQueueMaintainer;
import io.penstock.common.redis.RedisReachability;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.RedisNode;
import io.penstock.worker.maintain.MaintenanceLoop;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.run.StuckLoop;
import io.penstock.worker.testkit.TestWorker;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The liveness probe of a worker on a real Redis: down when work gets nowhere here, and for no other reason. Each test has
 * a Redis and event loops of its own and waits most of the time, so that they run side by side.
 */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class WorkerLivenessCheckTest {

    /** Beyond what a claim may take here: waiting for jobs, 3 s more, and the deadline. */
    private static final Duration STUCK_AFTER = Duration.ofMillis(4_500);

    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    /** Twice this, which a verdict takes, is beyond the longest pauses of reconnecting and of claims, 1 s each. */
    private static final Duration CONFIRM = Duration.ofMillis(1_200);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final JobType<Object> WORK =
            JobType.of("test.work", Object.class).queue("work");
    private static final QueuePolicy POLICY = QueuePolicy.defaults("work");
    private static final QueuePolicies POLICIES = new QueuePolicies(List.of(POLICY));

    private final RedisNode node = RedisNode.start();
    private final RedisFixture redis = new RedisFixture(node.url());
    private final RedisRouter routes = redis.routes();
    private final RedisJobQueue queue = new RedisJobQueue(routes, POLICIES, DEADLINE);
    private final RedisQueueConsumers consumers =
            new RedisQueueConsumers(redis.vertx(), redis.servers(), POLICIES, DEADLINE);
    private final RedisReachability reach = new RedisReachability(routes);
    private final List<MaintenanceLoop> maintenance = new ArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger done = new AtomicInteger();

    /** What takes the place of a call of the consumer or of the housekeeping, by the name of the method. */
    private final Map<String, Supplier<Uni<?>>> instead = new ConcurrentHashMap<>();

    /** What a handler does. */
    private volatile Supplier<Uni<Outcome>> work = () -> Uni.createFrom().item(Outcome.completed());

    @AfterEach
    void close() {
        release.countDown();
        maintenance.forEach(MaintenanceLoop::stop);
        consumers.close();
        routes.close();
        redis.close();
        node.close();
    }

    private WorkerLivenessCheck checkOf(QueueWorker worker) {
        return new WorkerLivenessCheck(
                () -> "w1",
                limit -> {
                    List<StuckLoop> stuckLoops = new ArrayList<>(worker.stuckLoops(limit));
                    maintenance.forEach(loop -> stuckLoops.addAll(loop.stuckLoops(limit)));
                    return stuckLoops;
                },
                STUCK_AFTER,
                reach::answeringFor,
                CONFIRM);
    }

    /** The real one, but for what {@link #instead} says. */
    private <T> T faulty(Class<T> kind, T real) {
        return kind.cast(
                Proxy.newProxyInstance(kind.getClassLoader(), new Class<?>[] {kind}, (proxy, method, arguments) -> {
                    Supplier<Uni<?>> other = instead.get(method.getName());
                    if (other != null) {
                        return other.get();
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private QueueWorker start() {
        QueueConsumers opening = (policy, partition, line, id) ->
                faulty(QueueConsumer.class, consumers.open(policy, partition, line, id));
        return new TestWorker(redis.vertx(), opening, POLICIES)
                .set("lease", LEASE)
                .set("claim-wait", "100ms")
                .doing(WORK, (payload, job) -> work.get().invoke(done::incrementAndGet))
                .start(POLICY);
    }

    private void enqueue() {
        queue.enqueue(new NewJob("test.work", "work", "{}", 1, JobOptions.DEFAULT, Optional.empty()))
                .await()
                .atMost(DEADLINE.multipliedBy(3));
    }

    private static void awaitStatus(WorkerLivenessCheck check, Status status) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> check.call().getStatus() == status);
    }

    /** Up at every look for longer than it takes to be called stuck. */
    private static void assertStaysUp(WorkerLivenessCheck check) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .during(STUCK_AFTER.plus(CONFIRM.multipliedBy(2)))
                .until(() -> check.call().getStatus() == Status.UP);
    }

    @Test
    void isUpWhileThereIsNothingToDoAndWhilePaused() {
        WorkerLivenessCheck check = checkOf(start());
        assertStaysUp(check);

        queue.pause("work").await().atMost(PATIENCE);
        enqueue();
        assertStaysUp(check);
    }

    @Test
    void isUpWhileAllSlotsAreTaken() {
        work = () -> Uni.createFrom().nothing();
        QueueWorker worker = start();
        for (int i = 0; i < 2 * POLICY.slots().concurrency(); i++) {
            enqueue();
        }
        await().until(() -> worker.running() == POLICY.slots().concurrency());

        assertStaysUp(checkOf(worker));
    }

    @Test
    void isUpWhileRedisIsAwayAndWhenItComesBack() {
        QueueWorker worker = start();
        WorkerLivenessCheck check = checkOf(worker);
        enqueue();
        await().until(() -> done.get() == 1);

        node.kill();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            assertThat(check.call().getStatus()).isEqualTo(Status.UP);
            return !worker.stuckLoops(STUCK_AFTER).isEmpty();
        });
        assertThat(worker.stuckLoops(STUCK_AFTER)).allMatch(StuckLoop::mayBeRedis);
        node.startAgain();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            assertThat(check.call().getStatus()).isEqualTo(Status.UP);
            return worker.stuckLoops(STUCK_AFTER).isEmpty();
        });

        enqueue();
        await().atMost(PATIENCE).until(() -> done.get() == 2);
    }

    @Test
    void isUpWhileRedisRefusesWrites() {
        QueueWorker worker = start();
        WorkerLivenessCheck check = checkOf(worker);
        enqueue();
        await().until(() -> done.get() == 1);

        node.run("REPLICAOF", "127.0.0.1", 1);
        assertStaysUp(check);
        node.run("REPLICAOF", "NO", "ONE");
        assertWorksOn(check);
    }

    @Test
    void isUpWhileRedisStandsStill() {
        QueueWorker worker = start();
        WorkerLivenessCheck check = checkOf(worker);
        enqueue();
        await().until(() -> done.get() == 1);

        node.freeze();
        try {
            assertStaysUp(check);
        } finally {
            node.thaw();
        }
        assertWorksOn(check);
    }

    private void assertWorksOn(WorkerLivenessCheck check) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            enqueue();
            return done.get() >= 2;
        });
        assertThat(check.call().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void isDownWhenAClaimNeverEnds() {
        instead.put("claim", () -> Uni.createFrom().nothing());

        WorkerLivenessCheck check = checkOf(start());

        awaitStatus(check, Status.DOWN);
        assertThat(check.call().getData().orElseThrow().toString()).contains("claiming");
    }

    @Test
    void isDownWhenClaimsOnlyFailAlthoughRedisAnswers() {
        instead.put("claim", () -> Uni.createFrom()
                .failure(new QueueUnavailableException("never connects again", Effect.NOT_SENT, null)));
        WorkerLivenessCheck check = checkOf(start());

        awaitStatus(check, Status.DOWN);

        // A store that says no has been reached, and would say so to any process.
        instead.put("claim", () -> Uni.createFrom().failure(new QueueUnavailableException("no", Effect.REFUSED, null)));
        awaitStatus(check, Status.UP);
        assertStaysUp(check);
    }

    /** The first job holds up the event loop until the leases are over; the others are held, and have to be renewed first. */
    @Test
    void isUpWhileHeldJobsWaitForRedisToRenewThem() {
        AtomicLong begunNanos = new AtomicLong();
        work = () -> {
            begunNanos.compareAndSet(0, System.nanoTime());
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Uni.createFrom().item(Outcome.completed());
        };
        for (int i = 0; i < 3; i++) {
            enqueue();
        }
        WorkerLivenessCheck check = checkOf(start());
        await().atMost(PATIENCE)
                .until(() -> begunNanos.get() != 0
                        && System.nanoTime() - begunNanos.get()
                                > LEASE.plusMillis(200).toNanos());
        node.kill();
        release.countDown();
        awaitStatus(check, Status.UP);

        assertStaysUp(check);
        assertThat(done.get()).isEqualTo(1);
    }

    @Test
    void isDownWhenTheEndOfAJobIsNotStored() {
        instead.put("finish", () -> Uni.createFrom().nothing());
        WorkerLivenessCheck check = checkOf(start());
        enqueue();

        awaitStatus(check, Status.DOWN);

        assertThat(check.call().getData().orElseThrow().toString()).contains("storing ends");
    }

    @Test
    void isDownWhenTheEventLoopIsBlockedAndUpAgainAfterwards() {
        work = () -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Uni.createFrom().item(Outcome.completed());
        };
        WorkerLivenessCheck check = checkOf(start());
        enqueue();

        awaitStatus(check, Status.DOWN);

        release.countDown();
        awaitStatus(check, Status.UP);
    }

    @Test
    void isDownWhenTheQueueIsNotTended() {
        instead.put("rescueLost", () -> Uni.createFrom().nothing());
        assertThat(dataOfTheFailureWithMaintenance()).contains("rescue lost jobs");
    }

    @Test
    void isDownWhenNobodyLooksAfterTheQueue() {
        instead.put("look", () -> Uni.createFrom().nothing());
        assertThat(dataOfTheFailureWithMaintenance()).contains("looking after its partitions");
    }

    /** With a job that runs on: where there is none, nothing can be lost. */
    private String dataOfTheFailureWithMaintenance() {
        work = () -> Uni.createFrom().nothing();
        QueueWorker worker = start();
        enqueue();
        maintenance.add(new MaintenanceLoop(
                POLICY,
                faulty(QueueMaintainer.class, new RedisQueueMaintainer(routes, POLICIES, DEADLINE)),
                new JobEvents(List.of()),
                new TestWorker(redis.vertx(), consumers, POLICIES)
                        .set("lease", "3s")
                        .config(),
                EventLoopContext.create(redis.vertx())));
        maintenance.forEach(MaintenanceLoop::start);
        WorkerLivenessCheck check = checkOf(worker);

        awaitStatus(check, Status.DOWN);

        return check.call().getData().orElseThrow().toString();
    }

    @Test
    void aClaimLoopOutlivesWhatItStumblesOver() {
        AtomicInteger stumbles = new AtomicInteger();
        instead.put("claim", () -> {
            stumbles.incrementAndGet();
            instead.remove("claim");
            throw new IllegalStateException("as a defect would");
        });
        start();
        enqueue();

        await().atMost(PATIENCE).until(() -> done.get() == 1);
        assertThat(stumbles).hasValue(1);
    }
}
