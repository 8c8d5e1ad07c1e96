package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvent;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.Cancellation;
import io.penstock.common.queue.JobActionResult;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobAdmin;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.queue.redis.RedisQueueMaintainer;
import io.penstock.common.redis.ReconnectingConnection;
import io.penstock.common.testing.RedisFixture;
import io.penstock.worker.testkit.TestWorker;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs that are cancelled while they run, with handlers of every temper. */
class CancelTest {

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofMillis(600);
    private static final JobType<Object> POLITE = type("polite");
    private static final JobType<Object> TIDY = type("tidy");
    private static final JobType<Object> BLOCKING = type("blocking");
    private static final JobType<Object> STUBBORN = type("stubborn");
    private static final QueuePolicy POLICY = policy();

    private final RedisFixture redis = new RedisFixture();
    private final ReconnectingConnection link =
            new ReconnectingConnection(EventLoopContext.create(redis.vertx()), redis.clients(), "test");
    private final QueuePolicies policies = new QueuePolicies(List.of(POLICY));
    private final RedisJobQueue queue = new RedisJobQueue(link, policies, DEADLINE);
    private final RedisJobAdmin jobAdmin = new RedisJobAdmin(link, policies, queue, DEADLINE);
    private final RedisQueueMaintainer maintainer = new RedisQueueMaintainer(link, policies, DEADLINE);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<RedisQueueConsumers> opened = new ArrayList<>();
    private final List<JobEvent> events = new CopyOnWriteArrayList<>();

    /** Runs of reactive handlers that have begun, by job; the test ends those that wait for it. */
    private final Map<String, UniEmitter<? super Outcome>> begun = new ConcurrentHashMap<>();

    private final Map<String, JobContext> contexts = new ConcurrentHashMap<>();
    private final Set<String> subscriptionCancelled = ConcurrentHashMap.newKeySet();
    private final Set<String> interrupted = ConcurrentHashMap.newKeySet();
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final CountDownLatch letStubbornGo = new CountDownLatch(1);
    private QueueWorker worker;

    private static JobType<Object> type(String name) {
        return JobType.of("test." + name, Object.class).queue("work");
    }

    private static QueuePolicy policy() {
        return QueuePolicy.builder("work").concurrency(2).cancelGrace(GRACE).build();
    }

    @AfterEach
    void close() {
        letStubbornGo.countDown();
        if (worker != null) {
            get(worker.stop(Duration.ZERO));
        }
        opened.forEach(RedisQueueConsumers::close);
        link.close();
        redis.close();
        threads.shutdownNow();
    }

    private final class Reactive implements JobHandler<Object> {

        private final JobType<Object> type;
        private final boolean stopsItself;

        Reactive(JobType<Object> type, boolean stopsItself) {
            this.type = type;
            this.stopsItself = stopsItself;
        }

        @Override
        public JobType<Object> type() {
            return type;
        }

        @Override
        public boolean stopsItself() {
            return stopsItself;
        }

        @Override
        public Uni<Outcome> handle(Object payload, JobContext context) {
            contexts.put(context.jobId(), context);
            context.whenCancelled(() -> told.add(context.jobId()));
            return Uni.createFrom()
                    .<Outcome>emitter(emitter -> begun.put(context.jobId(), emitter))
                    .onCancellation()
                    .invoke(() -> subscriptionCancelled.add(context.jobId()));
        }
    }

    private final class Blocking implements BlockingJobHandler<Object> {

        private final JobType<Object> type;

        Blocking(JobType<Object> type) {
            this.type = type;
        }

        @Override
        public JobType<Object> type() {
            return type;
        }

        @Override
        public Outcome handle(Object payload, JobContext context) throws Exception {
            contexts.put(context.jobId(), context);
            while (true) {
                try {
                    letStubbornGo.await();
                    return Outcome.completed();
                } catch (InterruptedException e) {
                    interrupted.add(context.jobId());
                    if (type == BLOCKING) {
                        throw e;
                    }
                }
            }
        }
    }

    private QueueWorker start(String workerId, Duration cancelPollInterval) {
        RedisQueueConsumers consumers = new RedisQueueConsumers(redis.vertx(), redis.servers(), policies, DEADLINE);
        opened.add(consumers);
        worker = new TestWorker(redis.vertx(), consumers, policies)
                .named(workerId)
                .set("lease", "1s")
                .set("claim-wait", "200ms")
                .set("cancel-poll-interval", cancelPollInterval)
                .handledBy(new Reactive(POLITE, false), new Reactive(TIDY, true))
                .handledBy(threads, List.of(new Blocking(BLOCKING), new Blocking(STUBBORN)))
                .heardBy(events::add)
                .start(POLICY);
        return worker;
    }

    private void start() {
        start("w1", Duration.ofMillis(20));
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    private String enqueue(JobType<Object> type) {
        return get(queue.enqueue(new NewJob(type.name(), "work", "{}", 1, JobOptions.DEFAULT, Optional.empty())))
                .jobId();
    }

    private String running(JobType<Object> type) {
        String id = enqueue(type);
        await().until(() -> contexts.containsKey(id));
        return id;
    }

    private void cancel(String id) {
        assertThat(get(jobAdmin.cancel(id, "off"))).isEqualTo(new JobActionResult.Done(JobState.ACTIVE));
    }

    private JobView view(String id) {
        return get(queue.find(id)).orElseThrow();
    }

    private void awaitCancelled(String id, Cancellation.Status status) {
        await().atMost(15, TimeUnit.SECONDS).until(() -> view(id).state() == JobState.CANCELLED);
        assertThat(view(id).cancellation().status()).isEqualTo(status);
        await().until(() -> redis.count("EXISTS", "queue:{work:0}:cancels") == 0);
    }

    private void assertEvent(boolean acknowledged) {
        await().until(() -> events.stream()
                .anyMatch(event ->
                        event instanceof JobEvent.Cancelled cancelled && cancelled.acknowledged() == acknowledged));
    }

    @Test
    void stopsAReactiveHandlerAtOnce() {
        start();
        String id = running(POLITE);

        cancel(id);

        awaitCancelled(id, Cancellation.Status.ACKNOWLEDGED);
        assertThat(subscriptionCancelled).contains(id);
        assertThat(told).contains(id);
        assertThat(contexts.get(id).isCancelled()).isTrue();
        assertEvent(true);
        String next = running(POLITE);
        begun.get(next).complete(Outcome.completed());
        await().until(() -> view(next).state() == JobState.COMPLETED);
    }

    @Test
    void leavesAHandlerThatStopsItselfItsTime() {
        start();
        String id = running(TIDY);

        cancel(id);

        await().until(() -> contexts.get(id).isCancelled());
        assertThat(subscriptionCancelled).doesNotContain(id);
        assertThat(view(id).state()).isEqualTo(JobState.ACTIVE);
        assertThat(view(id).cancellation().status()).isEqualTo(Cancellation.Status.REQUESTED);
        begun.get(id).complete(Outcome.cancelled());
        awaitCancelled(id, Cancellation.Status.ACKNOWLEDGED);
        assertEvent(true);
    }

    @Test
    void completesWhatCompletesAllTheSame() {
        start();
        String id = running(TIDY);
        cancel(id);
        await().until(() -> contexts.get(id).isCancelled());

        begun.get(id).complete(Outcome.completed("saved"));

        await().until(() -> view(id).state() == JobState.COMPLETED);
        assertThat(view(id).result()).isEqualTo("\"saved\"");
        await().until(() -> redis.count("EXISTS", "queue:{work:0}:cancels") == 0);
    }

    @Test
    void doesNotRetryWhatFailsOnTheWayOut() {
        start();
        String id = running(TIDY);
        cancel(id);
        await().until(() -> contexts.get(id).isCancelled());

        begun.get(id).fail(new IllegalStateException("half done"));

        awaitCancelled(id, Cancellation.Status.ACKNOWLEDGED);
    }

    @Test
    void cutsOffAHandlerThatTakesTooLong() {
        start();
        String id = running(TIDY);

        cancel(id);

        awaitCancelled(id, Cancellation.Status.FORCED);
        assertThat(subscriptionCancelled).contains(id);
        assertEvent(false);
    }

    @Test
    void interruptsABlockingHandler() {
        start();
        String id = running(BLOCKING);

        cancel(id);

        awaitCancelled(id, Cancellation.Status.ACKNOWLEDGED);
        assertThat(interrupted).contains(id);
        assertEvent(true);
    }

    @Test
    void aBlockingHandlerThatGoesOnHasNotObeyed() {
        start();
        String id = running(STUBBORN);

        cancel(id);

        await().until(() -> interrupted.contains(id));
        awaitCancelled(id, Cancellation.Status.FORCED);
        assertEvent(false);
        letStubbornGo.countDown();
        String next = running(POLITE);
        begun.get(next).complete(Outcome.completed());
        await().until(() -> view(next).state() == JobState.COMPLETED);
        assertThat(view(id).state()).as("its result is refused").isEqualTo(JobState.CANCELLED);
        assertThat(get(queue.status("work")).completed()).isEqualTo(1);
    }

    @Test
    void aHandlerMayCallItsJobOffItself() {
        start();
        String id = running(TIDY);

        begun.get(id).complete(new Outcome.Cancelled("nothing to do any more"));

        await().until(() -> view(id).state() == JobState.CANCELLED);
        assertThat(view(id).error()).isEqualTo("nothing to do any more");
        assertThat(view(id).cancellation()).isNull();
    }

    @Test
    void aWorkerThatNeverLooksIsFenced() {
        start("w1", Duration.ofHours(1));
        String id = running(POLITE);
        cancel(id);
        redis.passMillis(GRACE.toMillis());

        assertThat(get(maintainer.fenceCancelled(POLICY, 0, GRACE, QueueMaintainer.HeadStart.NONE)))
                .isEqualTo(1);

        awaitCancelled(id, Cancellation.Status.FORCED);
        await().until(() -> subscriptionCancelled.contains(id));
        await().until(() -> events.stream().anyMatch(JobEvent.LeaseLost.class::isInstance));
    }

    @Test
    void aKilledWorkerLeavesNoCancelledJobBehind() {
        start("w1", Duration.ofHours(1));
        String id = running(POLITE);
        cancel(id);
        // As after a kill: nothing is renewed, finished or handed back any more.
        opened.forEach(RedisQueueConsumers::close);
        worker = null;

        get(maintainer.rescueLost(POLICY, 0, Duration.ZERO, QueueMaintainer.HeadStart.NONE, 10));

        awaitCancelled(id, Cancellation.Status.FORCED);
        assertThat(get(queue.status("work")).waiting()).isZero();
    }

    @Test
    void aWorkerThatStopsTakesItsCancelledJobsAlong() {
        start("w1", Duration.ofHours(1));
        String id = running(POLITE);
        cancel(id);

        get(worker.stop(Duration.ZERO));
        worker = null;

        awaitCancelled(id, Cancellation.Status.ACKNOWLEDGED);
    }
}
