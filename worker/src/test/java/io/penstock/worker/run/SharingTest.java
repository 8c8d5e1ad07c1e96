package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.redis.ReconnectingConnection;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.penstock.worker.testkit.TestWorker;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** Queues of one worker that have more jobs than it has slots. Each test decides when a handler ends. */
@Tag("slow")
class SharingTest {

    private static final List<String> QUEUES = List.of("critical", "default", "low");

    private final int port = EmbeddedServers.freePort();
    private RedisServer server = EmbeddedServers.startRedis(port);
    private final RedisFixture redis = new RedisFixture("redis://127.0.0.1:" + port);
    private final ReconnectingConnection link =
            new ReconnectingConnection(EventLoopContext.create(redis.vertx()), redis.clients(), "test");
    private final TestQueues settings = new TestQueues();
    private final List<RedisQueueConsumers> opened = new ArrayList<>();
    private final List<QueueWorker> workers = new ArrayList<>();

    /** One start of a job; the test ends it. */
    private record Start(String workerId, String queue, UniEmitter<? super Outcome> run) {}

    /** All starts so far, in their order. */
    private final List<Start> starts = new ArrayList<>();

    /** Those that have not ended, the longest running first. */
    private final LinkedBlockingDeque<Start> running = new LinkedBlockingDeque<>();

    private volatile boolean endAtOnce;

    @AfterEach
    void close() {
        opened.forEach(RedisQueueConsumers::close);
        link.close();
        redis.close();
        server.stop();
    }

    private Uni<Outcome> work(String workerId, String queue) {
        return endAtOnce
                ? Uni.createFrom().item(Outcome.completed())
                : Uni.createFrom().emitter(emitter -> began(new Start(workerId, queue, emitter)));
    }

    private void began(Start start) {
        synchronized (starts) {
            starts.add(start);
            running.add(start);
        }
    }

    private SlotPool start(int slots, Sharing sharing) {
        return start("w1", slots, sharing);
    }

    /** Starts a worker that serves all three queues. */
    private SlotPool start(String workerId, int slots, Sharing sharing) {
        List<QueuePolicy> policies = settings.inOrder();
        SlotPool pool = new SlotPool(slots, sharing, policies);
        RedisQueueConsumers consumers =
                new RedisQueueConsumers(redis.vertx(), redis.clients(), settings.policies(), Duration.ofSeconds(5));
        opened.add(consumers);
        TestWorker worker = new TestWorker(redis.vertx(), consumers, settings.policies())
                .named(workerId)
                .set("claim-wait", "200ms");
        QUEUES.forEach(queue -> worker.doing(
                JobType.of("test." + queue, Object.class).queue(queue), (payload, job) -> work(workerId, queue)));
        workers.addAll(worker.start(policies, pool));
        return pool;
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    private RedisJobQueue queue() {
        QueuePolicies policies = settings.policies();
        return new RedisJobQueue(link, policies, Duration.ofSeconds(5));
    }

    private List<String> enqueue(String queue, int jobs) {
        NewJob job = new NewJob("test." + queue, queue, "{}", 1, JobOptions.DEFAULT, Optional.empty());
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            ids.add(get(queue().enqueue(job)).jobId());
        }
        return ids;
    }

    private QueueStatus status(String queue) {
        return get(queue().status(queue));
    }

    private List<String> startedQueues() {
        synchronized (starts) {
            return starts.stream().map(Start::queue).toList();
        }
    }

    private int startsOf(String queue) {
        return (int) startedQueues().stream().filter(queue::equals).count();
    }

    private void awaitStarts(int count) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> startedQueues().size() >= count);
        assertThat(startedQueues()).hasSize(count);
    }

    /** Ends the job that runs longest, which leaves one slot, and waits until the next has taken it. */
    private void endOneAndAwaitTheNext() {
        int before = startedQueues().size();
        endOne();
        awaitStarts(before + 1);
    }

    private void endOne() {
        running.remove().run().complete(Outcome.completed());
    }

    @Test
    void startsJobsInProportionToTheWeights() {
        QUEUES.forEach(queue -> enqueue(queue, 70));
        start(10, Sharing.WEIGHTED);
        awaitStarts(10);
        for (int total = 10; total <= 70; total++) {
            assertThat((double) startsOf("critical")).as("of %d", total).isCloseTo(total * 0.6, within(1.0));
            assertThat((double) startsOf("default")).as("of %d", total).isCloseTo(total * 0.3, within(1.0));
            assertThat((double) startsOf("low")).as("of %d", total).isCloseTo(total * 0.1, within(1.0));
            endOneAndAwaitTheNext();
        }
    }

    @Test
    void leavesTheShareOfAnEmptyQueueToTheOthersAndLetsItJoinFairly() {
        enqueue("default", 60);
        enqueue("low", 60);
        start(8, Sharing.WEIGHTED);
        awaitStarts(8);
        assertThat(startsOf("default")).isBetween(5, 7);
        for (int i = 0; i < 12; i++) {
            endOneAndAwaitTheNext();
        }
        assertThat(startsOf("default")).isBetween(14, 16);

        enqueue("critical", 60);
        while (startsOf("critical") == 0) {
            endOneAndAwaitTheNext();
        }
        int before = startedQueues().size();
        for (int i = 0; i < 20; i++) {
            endOneAndAwaitTheNext();
        }

        List<String> since = startedQueues().subList(before, before + 20);
        assertThat(since.stream().filter("critical"::equals).count()).isBetween(11L, 13L);
        assertThat(since.stream().filter("default"::equals).count()).isBetween(5L, 7L);
        assertThat(since.stream().filter("low"::equals).count()).isBetween(1L, 3L);
    }

    @Test
    void startsALaterQueueOnlyWhenTheEarlierOnesAreEmptyWhereSharingIsStrict() {
        QUEUES.forEach(queue -> enqueue(queue, 5));
        start(2, Sharing.STRICT);
        awaitStarts(2);
        for (int i = 2; i < 15; i++) {
            endOneAndAwaitTheNext();
        }

        assertThat(startedQueues()).isSortedAccordingTo((a, b) -> QUEUES.indexOf(a) - QUEUES.indexOf(b));
    }

    @Test
    void goesBackToAnEarlierQueueThatHasWorkAgain() {
        enqueue("low", 20);
        start(2, Sharing.STRICT);
        awaitStarts(2);

        enqueue("critical", 2);
        while (startsOf("critical") < 2) {
            endOneAndAwaitTheNext();
        }

        endOneAndAwaitTheNext();
        assertThat(startedQueues()).last().isEqualTo("low");
    }

    @Test
    void neverStandsStillWhereAQueueMayRunLessThanItsShare() {
        settings.set("critical", "concurrency", 1)
                .set("default", "concurrency", 4)
                .set("low", "concurrency", 5);
        QUEUES.forEach(queue -> enqueue(queue, 20));
        SlotPool pool = start(12, Sharing.WEIGHTED);

        awaitStarts(10);

        assertThat(startsOf("critical")).isEqualTo(1);
        assertThat(startsOf("default")).isEqualTo(4);
        assertThat(startsOf("low")).isEqualTo(5);
        endAtOnce = true;
        while (!running.isEmpty()) {
            endOne();
        }
        QUEUES.forEach(queue -> await().until(() -> status(queue).completed() == 20));
        await().until(() -> pool.used() == 0);
    }

    @Test
    void worksEverythingOffWithOneSlotAndManyLoops() {
        endAtOnce = true;
        settings.set("critical", "partitions", 3).set("default", "partitions", 2);
        QUEUES.forEach(queue -> enqueue(queue, 60));

        SlotPool pool = start(1, Sharing.WEIGHTED);

        QUEUES.forEach(queue -> await().until(() -> status(queue).completed() == 60));
        await().until(() -> pool.used() == 0);
    }

    @Test
    void holdsNoSlotForAQueueThatWaitsForItsRateLimit() {
        settings.set("critical", "rate-limit.permits", 1).set("critical", "rate-limit.per", "1h");
        enqueue("critical", 5);
        enqueue("low", 5);
        start(1, Sharing.STRICT);
        awaitStarts(1);

        for (int i = 0; i < 5; i++) {
            endOneAndAwaitTheNext();
        }

        assertThat(startedQueues()).containsExactly("critical", "low", "low", "low", "low", "low");
    }

    @Test
    void handsAJobBackThatFindsNoSlotSoThatAnotherWorkerCanRunIt() {
        SlotPool pool = start("w1", 2, Sharing.STRICT);
        await().until(() -> pool.used() == 0);
        enqueue("critical", 10);
        awaitStarts(2);
        String id = enqueue("low", 1).get(0);
        await().until(() -> status("low").active() == 1);

        await().until(() -> status("low").waiting() == 1);

        assertThat(get(queue().find(id)).map(JobView::attempts)).contains(0);
        assertThat(get(queue().find(id)).map(JobView::stalls)).contains(0);
        get(queue().pause("critical"));
        start("w2", 2, Sharing.STRICT);
        await().until(() -> startsOf("low") == 1);
        assertThat(starts.get(2).workerId()).isEqualTo("w2");
    }

    @Test
    void leavesJobsToOtherWorkersWhileItHasNoSlotForThem() {
        enqueue("critical", 10);
        start("w1", 2, Sharing.STRICT);
        awaitStarts(2);

        enqueue("low", 3);
        endOneAndAwaitTheNext();

        assertThat(status("low").waiting()).isEqualTo(3);
        assertThat(status("critical").waiting()).isEqualTo(7);
    }

    @Test
    void handsEverythingBackWhenStopped() {
        QUEUES.forEach(queue -> enqueue(queue, 20));
        SlotPool pool = start(10, Sharing.WEIGHTED);
        awaitStarts(10);
        endOne();
        awaitStarts(11);

        pool.close();
        List<Uni<Void>> stops =
                workers.stream().map(worker -> worker.stop(Duration.ZERO)).toList();
        get(Uni.join().all(stops).andCollectFailures());

        assertThat(pool.used()).isZero();
        long completed = 0;
        for (String queue : QUEUES) {
            QueueStatus status = status(queue);
            assertThat(status.active()).isZero();
            assertThat(status.waiting() + status.completed()).isEqualTo(20);
            completed += status.completed();
        }
        assertThat(completed).isEqualTo(1);
        assertThat(startedQueues()).hasSize(11);
    }

    @Test
    void leavesTheSlotsOfAStoppedQueueToTheOthers() {
        QUEUES.forEach(queue -> enqueue(queue, 20));
        start(10, Sharing.WEIGHTED);
        awaitStarts(10);

        get(workers.get(0).stop(Duration.ZERO));

        awaitStarts(16);
        assertThat(startsOf("critical")).isEqualTo(6);
        assertThat(startsOf("default")).isBetween(6, 8);
    }

    @Test
    void returnsItsSlotsWhileRedisIsAwayAndWorksOnAfterwards() throws Exception {
        SlotPool pool = start(3, Sharing.WEIGHTED);
        enqueue("low", 1);
        awaitStarts(1);
        endOne();
        await().until(() -> status("low").completed() == 1);

        server.stop();
        await().until(() -> pool.used() == 0);
        server = EmbeddedServers.startRedis(port);

        QUEUES.forEach(queue -> await().ignoreExceptions().until(() -> enqueue(queue, 1) != null));
        awaitStarts(4);
    }
}
