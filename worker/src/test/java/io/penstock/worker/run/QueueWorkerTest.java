package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvent;
import io.penstock.common.job.FollowUp;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.queue.redis.RedisQueueMaintainer;
import io.penstock.common.redis.ReconnectingConnection;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.TcpProxy;
import io.penstock.worker.testkit.TestWorker;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** Workers that stop, lose their jobs, or lose their Redis. Each test decides when a handler ends. */
@Tag("slow")
class QueueWorkerTest {

    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final JobType<Object> WORK =
            JobType.of("test.work", Object.class).queue("work");
    private static final QueuePolicy POLICY = QueuePolicy.defaults("work");

    /** Of few slots; jobs with the payload {@code "quick"} end at once. */
    private static final QueuePolicy NARROW = QueuePolicy.defaults("narrow").withConcurrency(1);

    private static final QueuePolicies POLICIES = new QueuePolicies(List.of(POLICY, NARROW));

    private final int port = EmbeddedServers.freePort();
    private RedisServer server = EmbeddedServers.startRedis(port);
    private final RedisFixture redis = new RedisFixture("redis://127.0.0.1:" + port);
    private final ReconnectingConnection link =
            new ReconnectingConnection(EventLoopContext.create(redis.vertx()), redis.clients(), "test");
    private final RedisJobQueue queue = new RedisJobQueue(link, POLICIES, Duration.ofSeconds(5));
    private final QueueMaintainer maintainer = new RedisQueueMaintainer(link, POLICIES, Duration.ofSeconds(5));
    private final List<RedisQueueConsumers> opened = new ArrayList<>();
    private final List<JobEvent> events = new CopyOnWriteArrayList<>();

    /** Handler runs that have begun, by worker and job; the test ends them. */
    private final Map<String, UniEmitter<? super Outcome>> begun = new ConcurrentHashMap<>();

    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();

    @AfterEach
    void close() {
        opened.forEach(RedisQueueConsumers::close);
        link.close();
        redis.close();
        server.stop();
    }

    private QueueWorker start(String workerId) {
        return start(workerId, POLICY);
    }

    private QueueWorker start(String workerId, QueuePolicy policy) {
        return start(workerId, policy, redis, Duration.ofSeconds(5), LEASE);
    }

    private QueueWorker start(
            String workerId, QueuePolicy policy, RedisFixture through, Duration deadline, Duration lease) {
        RedisQueueConsumers consumers = new RedisQueueConsumers(through.vertx(), through.servers(), POLICIES, deadline);
        opened.add(consumers);
        return new TestWorker(through.vertx(), consumers, POLICIES)
                .named(workerId)
                .set("lease", lease)
                .set("claim-wait", "200ms")
                .doing(WORK, (payload, job) -> work(workerId + "/" + job.jobId(), payload))
                .heardBy(events::add)
                .start(policy);
    }

    private Uni<Outcome> work(String run, Object payload) {
        if (payload.equals("standstill")) {
            return Uni.createFrom().item(this::standStill);
        }
        if (payload.equals("quick")) {
            return Uni.createFrom().item(Outcome.completed());
        }
        return Uni.createFrom()
                .<Outcome>emitter(emitter -> begun.put(run, emitter))
                .onCancellation()
                .invoke(() -> cancelled.add(run));
    }

    /** Holds up the event loop of the queue, as SIGSTOP or a long collection of garbage would. */
    private Outcome standStill() {
        try {
            if (!goesOn.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody said to go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Outcome.completed();
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    private String enqueue() {
        return get(queue.enqueue(new NewJob("test.work", "work", "{}", 1, JobOptions.DEFAULT, Optional.empty())))
                .jobId();
    }

    private void end(String workerId, String jobId) {
        begun.get(workerId + "/" + jobId).complete(Outcome.completed());
    }

    private void awaitBegun(String workerId, String jobId) {
        await().until(() -> begun.containsKey(workerId + "/" + jobId));
    }

    private QueueStatus status() {
        return get(queue.status("work"));
    }

    @Test
    void letsRunningJobsEndAndHandsTheRestBackWhenStopped() {
        QueueWorker worker = start("w1");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(enqueue());
        }
        ids.forEach(id -> awaitBegun("w1", id));
        var stopped =
                worker.stop(Duration.ofMillis(700)).subscribeAsCompletionStage().toCompletableFuture();
        String late = enqueue();
        ids.subList(0, 3).forEach(id -> end("w1", id));

        get(Uni.createFrom().completionStage(stopped));

        assertThat(status().completed()).isEqualTo(3);
        assertThat(status().active()).isZero();
        assertThat(status().waiting()).isEqualTo(3);
        assertThat(begun).doesNotContainKey("w1/" + late);
        JobView handedBack = get(queue.find(ids.get(4))).orElseThrow();
        assertThat(handedBack.state()).isEqualTo(JobState.WAITING);
        assertThat(handedBack.attempts()).isZero();
        assertThat(handedBack.stalls()).isZero();
        assertThat(cancelled).contains("w1/" + ids.get(4));
    }

    @Test
    void aQuietQueueStartsNothingAndLetsItsJobsEnd() {
        QueueWorker worker = start("w1", NARROW);
        String running = enqueueNarrow();
        awaitBegun("w1", running);
        worker.quiet();
        String late = enqueueNarrow();

        end("w1", running);

        await().until(() -> get(queue.status("narrow")).completed() == 1);
        await().until(() -> get(queue.status("narrow")).waiting() == 1
                && get(queue.status("narrow")).active() == 0);
        assertThat(begun).doesNotContainKey("w1/" + late);
        start("w2", NARROW);
        awaitBegun("w2", late);
        assertThat(get(queue.find(late)).orElseThrow().stalls()).isZero();
        end("w2", late);
    }

    @Test
    void aQuietQueueClaimsAgainWhenItIsToldTo() {
        QueueWorker worker = start("w1", NARROW);
        worker.quiet();
        String id = enqueueNarrow();
        worker.resume();
        awaitBegun("w1", id);
        assertThat(get(worker.jobs(10)))
                .singleElement()
                .satisfies(job -> {
                    assertThat(job.id()).isEqualTo(id);
                    assertThat(job.attempt()).isEqualTo(1);
                    assertThat(job.leaseLeftMs()).isPositive();
                });
        end("w1", id);
        await().until(() -> get(queue.status("narrow")).completed() == 1);
    }

    private String enqueueNarrow() {
        return get(queue.enqueue(new NewJob("test.work", "narrow", "{}", 1, JobOptions.DEFAULT, Optional.empty())))
                .jobId();
    }

    @Test
    void enqueuesWhatFollowsWhenAJobEndsWell() {
        start("w1");
        String id = enqueue();
        awaitBegun("w1", id);

        FollowUp<Object> next = new FollowUp<>(WORK, Map.of(), JobOptions.DEFAULT.withId("next"));
        begun.get("w1/" + id).complete(Outcome.completedThen("done", next));

        awaitBegun("w1", "next");
        end("w1", "next");
        await().until(() -> status().completed() == 2);
    }

    @Test
    void dropsAJobThatWasNotStartedInTime() {
        JobOptions soon = JobOptions.DEFAULT.expiringIn(Duration.ofMillis(1));
        String id = get(queue.enqueue(new NewJob("test.work", "work", "{}", 1, soon, Optional.empty())))
                .jobId();
        redis.passMillis(5);

        start("w1");

        await().until(() -> status().expired() == 1);
        assertThat(begun).doesNotContainKey("w1/" + id);
        await().until(() -> events.stream().anyMatch(JobEvent.Expired.class::isInstance));
    }

    @Test
    void keepsTheLeaseOfALongJob() {
        start("w1");
        String id = enqueue();
        awaitBegun("w1", id);

        // The idle time falls back each time the lease is renewed.
        for (int renewal = 0; renewal < 3; renewal++) {
            await().pollInterval(10, TimeUnit.MILLISECONDS).until(() -> idleMs() > 100);
            await().pollInterval(10, TimeUnit.MILLISECONDS).until(() -> idleMs() < 100);
        }

        assertThat(get(maintainer.rescueLost(POLICY, 0, LEASE, QueueMaintainer.HeadStart.NONE, 100)))
                .isEqualTo(new QueueMaintainer.Rescued(0, 0));
        end("w1", id);
        await().until(() -> status().completed() == 1);
    }

    private long idleMs() {
        return redis.run("XPENDING", "queue:{work:0}:ready:0", "workers", "-", "+", 1)
                .get(0)
                .get(2)
                .toLong();
    }

    @Test
    void stopsAJobThatWasLostToAnotherWorkerAndRecordsItOnce() {
        start("w1");
        String id = enqueue();
        awaitBegun("w1", id);
        get(queue.pause("work"));
        get(maintainer.rescueLost(POLICY, 0, Duration.ZERO, QueueMaintainer.HeadStart.NONE, 100));

        await().until(() -> cancelled.contains("w1/" + id));

        await().until(() -> events.stream().anyMatch(JobEvent.LeaseLost.class::isInstance));
        begun.clear();
        get(queue.resume("work"));
        awaitBegun("w1", id);
        end("w1", id);
        await().until(() -> status().completed() == 1);
        assertThat(get(queue.find(id)).orElseThrow().stalls()).isEqualTo(1);
    }

    @Test
    void refusesTheResultOfAWorkerThatComesBackLate() {
        start("w1");
        String id = enqueue();
        awaitBegun("w1", id);
        get(queue.pause("work"));
        get(maintainer.rescueLost(POLICY, 0, Duration.ZERO, QueueMaintainer.HeadStart.NONE, 100));

        end("w1", id);

        await().until(() -> events.stream().anyMatch(JobEvent.LeaseLost.class::isInstance));
        assertThat(status().completed()).isZero();
        assertThat(status().waiting()).isEqualTo(1);
    }

    @Test
    void aWorkerThatStoodStillBeyondItsLeaseBeginsNoneOfTheJobsItHeld() {
        try (RedisFixture apart = new RedisFixture("redis://127.0.0.1:" + port)) {
            start("w1", NARROW, apart, Duration.ofSeconds(5), LEASE);
            enqueueNarrow("\"quick\"", 50);
            await().until(() -> get(queue.status("narrow")).completed() == 50);
            List<NewJob> jobs = new ArrayList<>(List.of(narrow("\"standstill\"")));
            jobs.addAll(Collections.nCopies(5, narrow("\"quick\"")));
            get(queue.enqueueAll(jobs));
            await().until(() -> get(queue.status("narrow")).active() == 6);

            await().until(() -> {
                get(maintainer.rescueLost(NARROW, 0, LEASE, QueueMaintainer.HeadStart.NONE, 100));
                return get(queue.status("narrow")).waiting() == 6;
            });
            goesOn.countDown();

            await().until(() -> get(queue.status("narrow")).completed() == 56);
            await().until(() -> count(JobEvent.Completed.class) == 56);
            assertThat(count(JobEvent.LeaseLost.class))
                    .as("only the one that ran")
                    .isEqualTo(1);
            opened.remove(opened.size() - 1).close();
        }
    }

    @Test
    void worksOnAfterRedisRestarted() throws Exception {
        start("w1");
        String before = enqueue();
        awaitBegun("w1", before);
        end("w1", before);
        await().until(() -> status().completed() == 1);

        server.stop();
        server = EmbeddedServers.startRedis(port);

        String after = enqueue();
        await().atMost(10, TimeUnit.SECONDS).until(() -> begun.containsKey("w1/" + after));
        end("w1", after);
        await().until(() -> get(queue.find(after)).map(JobView::state).equals(Optional.of(JobState.COMPLETED)));
    }

    @Test
    void tellsAProducerWithinTheDeadlineThatRedisIsAway() {
        server.stop();

        long start = System.nanoTime();
        assertThat(org.assertj.core.api.Assertions.catchThrowable(this::enqueue))
                .isInstanceOf(io.penstock.common.queue.QueueUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        server = EmbeddedServers.startRedis(port);
        await().until(() -> enqueue() != null);
    }

    @Test
    void claimsQuickJobsAheadAndHandsThemBackWhenOneTurnsOutSlow() {
        start("w1", NARROW);
        enqueueNarrow("\"quick\"", 50);
        await().until(() -> get(queue.status("narrow")).completed() == 50);

        List<NewJob> jobs = new ArrayList<>(List.of(narrow("\"slow\"")));
        for (int i = 0; i < 5; i++) {
            jobs.add(narrow("\"quick\""));
        }
        String slow = get(queue.enqueueAll(jobs)).get(0).jobId();
        awaitBegun("w1", slow);
        assertThat(get(queue.status("narrow")).active()).isEqualTo(6);
        await().until(() -> get(queue.status("narrow")).waiting() == 5);
        start("w2", NARROW);

        await().until(() -> get(queue.status("narrow")).completed() == 55);
        end("w1", slow);
        await().until(() -> get(queue.status("narrow")).completed() == 56);
        assertThat(events).noneMatch(JobEvent.LeaseLost.class::isInstance);
    }

    private void enqueueNarrow(String payload, int count) {
        get(queue.enqueueAll(Collections.nCopies(count, narrow(payload))));
    }

    private static NewJob narrow(String payload) {
        return new NewJob("test.work", "narrow", payload, 1, JobOptions.DEFAULT, Optional.empty());
    }

    /** The first well, the second not. */
    private void endTwo(List<String> ids) {
        end("w1", ids.get(0));
        begun.get("w1/" + ids.get(1)).fail(new UnrecoverableJobException("ill"));
    }

    private long count(Class<? extends JobEvent> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    @Test
    void knowsAnEndThatWasStoredAlthoughTheAnswerWasLost() {
        try (TcpProxy proxy = new TcpProxy(port);
                RedisFixture through = new RedisFixture(proxy.url())) {
            start("w1", POLICY, through, Duration.ofMillis(300), Duration.ofSeconds(30));
            List<String> ids = List.of(enqueue(), enqueue(), enqueue(), enqueue());
            ids.forEach(id -> awaitBegun("w1", id));
            // Redis knows the scripts from then on, so that each end is one command.
            endTwo(ids.subList(0, 2));
            await().until(() -> status().active() == 2);

            proxy.swallowAnswers(true);
            endTwo(ids.subList(2, 4));
            await().until(() -> status().active() == 0);
            proxy.swallowAnswers(false);

            await().until(() -> count(JobEvent.Completed.class) == 2 && count(JobEvent.Died.class) == 2);
            assertThat(count(JobEvent.LeaseLost.class)).isZero();
            assertThat(status().completed()).isEqualTo(2);
            opened.remove(opened.size() - 1).close();
        }
    }

    @Test
    void runsAJobOfAClaimWhoseAnswerWasLostLongBeforeItsLeaseEnds() {
        try (TcpProxy proxy = new TcpProxy(port);
                RedisFixture through = new RedisFixture(proxy.url())) {
            start("w1", POLICY, through, Duration.ofSeconds(5), Duration.ofMinutes(10));
            String running = enqueue();
            awaitBegun("w1", running);

            proxy.swallowAnswers(true);
            String missed = enqueue();
            await().until(() -> status().active() == 2);
            proxy.swallowAnswers(false);
            proxy.cut();

            awaitBegun("w1", missed);
            assertThat(get(queue.find(missed)).orElseThrow().stalls()).isZero();
            end("w1", missed);
            end("w1", running);
            await().until(() -> count(JobEvent.Completed.class) == 2);
            assertThat(count(JobEvent.LeaseLost.class)).isZero();
            opened.remove(opened.size() - 1).close();
        }
    }

    @Test
    void notesThatAJobRunsWhichLostAWorkerBefore() {
        start("w1", POLICY, redis, Duration.ofSeconds(5), Duration.ofMinutes(10));
        String id = enqueue();
        for (int stalls = 1; stalls <= 3; stalls++) {
            awaitBegun("w1", id);
            begun.clear();
            assertThat(get(maintainer.rescueLost(POLICY, 0, Duration.ZERO, QueueMaintainer.HeadStart.NONE, 10)))
                    .isEqualTo(new QueueMaintainer.Rescued(1, 0));
            assertThat(get(queue.find(id)).orElseThrow().stalls()).isEqualTo(stalls);
        }
        awaitBegun("w1", id);
        assertThat(get(maintainer.rescueLost(POLICY, 0, Duration.ZERO, QueueMaintainer.HeadStart.NONE, 10)))
                .isEqualTo(new QueueMaintainer.Rescued(0, 1));
        assertThat(get(queue.find(id)).orElseThrow().state()).isEqualTo(JobState.DEAD);
    }

    @Test
    void runsNoMoreJobsAtOnceThanTheQueueAllows() {
        QueueWorker worker = start("w1");
        for (int i = 0; i < POLICY.slots().concurrency() * 3; i++) {
            enqueue();
        }
        await().until(() -> begun.size() == POLICY.slots().concurrency());

        assertThat(worker.running()).isEqualTo(POLICY.slots().concurrency());
        assertThat(status().active()).isEqualTo(POLICY.slots().concurrency());
        List.copyOf(begun.values()).forEach(run -> run.complete(Outcome.completed()));
        await().until(() -> begun.size() == 2 * POLICY.slots().concurrency());
    }
}
