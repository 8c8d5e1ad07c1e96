package io.penstock.worker.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobEvents;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisMaintenanceLeases;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.queue.redis.RedisQueueMaintainer;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.RedisNode;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.testkit.TestWorker;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two workers and a Redis that stands still for longer than a lease, in the middle of ten long jobs. */
@Tag("slow")
class StandstillTest {

    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final int JOBS = 10;
    private static final JobType<Object> WORK =
            JobType.of("test.work", Object.class).queue("work");
    /** Each worker has slots for half of the jobs. */
    private static final QueuePolicy POLICY = QueuePolicy.defaults("work").withConcurrency(JOBS / 2);

    private static final QueuePolicies POLICIES = new QueuePolicies(List.of(POLICY));
    private static final String STREAM = "queue:{work:0}:ready:0";
    private static final String META = "queue:{work:0}:meta";

    private final RedisNode node = RedisNode.start("appendonly", "yes");
    private final List<Process> processes = new ArrayList<>();
    private final List<String> starts = new CopyOnWriteArrayList<>();
    private final Queue<UniEmitter<? super Outcome>> running = new ConcurrentLinkedQueue<>();
    private final List<JobEvent> events = new CopyOnWriteArrayList<>();

    /** What one worker process consists of. */
    private final class Process implements AutoCloseable {

        final RedisFixture redis = new RedisFixture(node.url());
        final RedisRouter routes = redis.routes();
        final RedisQueueConsumers consumers =
                new RedisQueueConsumers(redis.vertx(), redis.servers(), POLICIES, DEADLINE);
        final MaintenanceLoop maintenance;
        final QueueWorker worker;

        Process(String id) {
            TestWorker parts = new TestWorker(redis.vertx(), consumers, POLICIES)
                    .named(id)
                    .set("lease", LEASE)
                    .set("claim-wait", "200ms")
                    .set("rescue-interval", "100ms")
                    .doing(WORK, (payload, job) -> work(job.jobId()))
                    .heardBy(events::add);
            worker = parts.start(POLICY);
            maintenance = new MaintenanceLoop(
                    List.of(POLICY),
                    new RedisQueueMaintainer(routes, POLICIES, DEADLINE),
                    Optional.of(new RedisMaintenanceLeases(routes, redis.servers(), redis.vertx(), DEADLINE)),
                    id,
                    new JobEvents(List.of(events::add)),
                    parts.config(),
                    EventLoopContext.create(redis.vertx()),
                    List.of());
            maintenance.start();
            processes.add(this);
        }

        @Override
        public void close() {
            maintenance.stop();
            consumers.close();
            routes.close();
            redis.close();
        }
    }

    @AfterEach
    void close() {
        processes.forEach(Process::close);
        node.close();
    }

    private Uni<Outcome> work(String jobId) {
        starts.add(jobId);
        return Uni.createFrom().<Outcome>emitter(running::add);
    }

    private void startTenJobsOnTwoWorkers() {
        Process first = new Process("w1");
        new Process("w2");
        RedisJobQueue queue = new RedisJobQueue(first.routes, POLICIES, DEADLINE);
        NewJob job = new NewJob("test.work", "work", "{}", 1, JobOptions.DEFAULT, Optional.empty());
        queue.enqueueAll(Collections.nCopies(JOBS, job)).await().atMost(Duration.ofSeconds(10));
        await().until(() -> starts.size() == JOBS);
        await().until(() -> node.run("HGET", META, "looked") != null);
    }

    private static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        await().atMost(time.multipliedBy(2).plusSeconds(5)).until(() -> System.nanoTime() - end >= 0);
    }

    private long idleLongerThan(Duration time) {
        return node.run("XPENDING", STREAM, "workers", "IDLE", time.toMillis(), "-", "+", 100)
                .size();
    }

    private void everyJobStillRunsOnce() {
        await().atMost(LEASE).until(() -> idleLongerThan(LEASE) == 0);
        // The head start is over, and rescuers look again.
        await().atMost(LEASE.multipliedBy(3)).until(() -> {
            Response till = node.run("HGET", META, "living-first-till");
            Response looked = node.run("HGET", META, "looked");
            return till != null && looked != null && looked.toLong() > till.toLong();
        });
        assertThat(starts).hasSize(JOBS).doesNotHaveDuplicates();
        assertThat(events).noneMatch(JobEvent.Rescued.class::isInstance);
        running.forEach(job -> job.complete(Outcome.completed()));
        await().until(() ->
                events.stream().filter(JobEvent.Completed.class::isInstance).count() == JOBS);
        assertThat(events).noneMatch(JobEvent.LeaseLost.class::isInstance);
    }

    @Test
    void noJobRunsTwiceAfterRedisStoodStill() {
        startTenJobsOnTwoWorkers();

        node.freeze();
        pass(LEASE.multipliedBy(3).dividedBy(2));
        node.thaw();

        everyJobStillRunsOnce();
    }

    @Test
    void noJobRunsTwiceAfterRedisWasAway() {
        startTenJobsOnTwoWorkers();

        node.kill();
        pass(LEASE.multipliedBy(3).dividedBy(2));
        node.startAgain();

        everyJobStillRunsOnce();
    }

    /** A process that has just started saw nothing of the standstill. The jobs of a dead worker show that it waits: nobody renews them. */
    @Test
    void aRescuerThatComesAfterTheStandstillWaitsAsWell() {
        startTenJobsOnTwoWorkers();
        processes.forEach(process -> process.maintenance.stop());

        node.freeze();
        processes.remove(1).close();
        pass(LEASE.multipliedBy(3).dividedBy(2));
        node.thaw();
        RedisQueueMaintainer fresh = new RedisQueueMaintainer(processes.get(0).routes, POLICIES, DEADLINE);
        QueueMaintainer.Rescued first = await().until(() -> rescue(fresh), Objects::nonNull);

        assertThat(first.returned()).isZero();
        await().atMost(LEASE.multipliedBy(4)).until(() -> rescue(fresh).returned() == JOBS / 2);
    }

    private static QueueMaintainer.Rescued rescue(QueueMaintainer maintainer) {
        return maintainer
                .rescueLost(POLICY, 0, LEASE, QueueMaintainer.HeadStart.of(LEASE, Duration.ofMillis(100)), 100)
                .onFailure()
                .recoverWithNull()
                .await()
                .atMost(Duration.ofSeconds(10));
    }

    @Test
    void whatDiedDuringTheStandstillIsRescuedOneLeaseLater() {
        startTenJobsOnTwoWorkers();

        node.freeze();
        Process dead = processes.remove(1);
        dead.close();
        pass(LEASE.multipliedBy(3).dividedBy(2));
        node.thaw();
        long thawed = System.nanoTime();

        await().atMost(LEASE.multipliedBy(4)).until(() -> rescued() == JOBS / 2);
        assertThat(Duration.ofNanos(System.nanoTime() - thawed))
                .isGreaterThan(LEASE.multipliedBy(8).dividedBy(10));
    }

    @Test
    void whatDiesWithoutAStandstillIsRescuedWhenItsLeaseIsOver() {
        startTenJobsOnTwoWorkers();
        long died = System.nanoTime();
        processes.remove(1).close();

        await().atMost(LEASE.multipliedBy(4)).until(() -> rescued() == JOBS / 2);
        assertThat(Duration.ofNanos(System.nanoTime() - died)).isLessThan(LEASE.multipliedBy(2));
    }

    private int rescued() {
        return events.stream()
                .filter(JobEvent.Rescued.class::isInstance)
                .mapToInt(event -> ((JobEvent.Rescued) event).returned())
                .sum();
    }
}
