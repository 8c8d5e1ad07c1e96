package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvent;
import io.penstock.common.job.FollowUp;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.redis.ReconnectingConnection;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.penstock.worker.testkit.TestWorker;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import redis.embedded.RedisServer;

/**
 * Whatever a handler throws or returns, its job ends with a reason and its slot serves the next one. There is one slot, so
 * that a job that keeps it stops everything.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway")
class HostileHandlerTest {

    private static final JobType<Object> WORK =
            JobType.of("test.work", Object.class).queue("work");
    private static final QueuePolicy POLICY = QueuePolicy.defaults("work").withConcurrency(1);
    private static final QueuePolicies POLICIES = new QueuePolicies(List.of(POLICY));

    private final int port = EmbeddedServers.freePort();
    private final RedisServer server = EmbeddedServers.startRedis(port);
    private final RedisFixture redis = new RedisFixture("redis://127.0.0.1:" + port);
    private final ReconnectingConnection link =
            new ReconnectingConnection(EventLoopContext.create(redis.vertx()), redis.clients(), "test");
    private final RedisJobQueue queue = new RedisJobQueue(link, POLICIES, Duration.ofSeconds(5));
    private final RedisQueueConsumers consumers =
            new RedisQueueConsumers(redis.vertx(), redis.servers(), POLICIES, Duration.ofSeconds(5));
    private final List<JobEvent> events = new CopyOnWriteArrayList<>();

    private @Nullable QueueWorker worker;
    private volatile Function<JobContext, Uni<Outcome>> handler =
            job -> Uni.createFrom().item(Outcome.completed());

    @BeforeAll
    void start() {
        worker = new TestWorker(redis.vertx(), consumers, POLICIES)
                .set("claim-wait", "200ms")
                .doing(WORK, (payload, job) -> handler.apply(job))
                .heardBy(event -> {
                    throw new AssertionError("a listener's");
                })
                .heardBy(events::add)
                .start(POLICY);
    }

    @AfterAll
    void close() {
        consumers.close();
        link.close();
        redis.close();
        server.stop();
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    private JobView run(Function<JobContext, Uni<Outcome>> doing) {
        return run(doing, once());
    }

    private static JobOptions once() {
        return JobOptions.DEFAULT.withAttempts(1);
    }

    private JobView run(Function<JobContext, Uni<Outcome>> doing, JobOptions options) {
        handler = doing;
        String id = get(queue.enqueue(new NewJob("test.work", "work", "{}", 1, options, Optional.empty())))
                .jobId();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> state(id) != JobState.WAITING && state(id) != JobState.ACTIVE);
        await().until(() -> worker.running() == 0);
        return get(queue.find(id)).orElseThrow();
    }

    private JobState state(String id) {
        return get(queue.find(id)).map(JobView::state).orElse(JobState.WAITING);
    }

    /** An exception none of whose parts can be read. */
    private static class Unreadable extends IllegalStateException {

        @Override
        public String getMessage() {
            throw new NullPointerException();
        }

        @Override
        public String toString() {
            throw new StackOverflowError();
        }

        @Override
        public @Nullable Throwable getCause() {
            throw new AssertionError("no cause");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new LinkageError("no stack");
        }
    }

    private static final class UnreadableError extends Error {

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("none left for a message");
        }
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                failure("thrown and unreadable", "Unreadable (its message cannot be read", () -> {
                    throw new Unreadable();
                }),
                failure(
                        "failed with an unreadable one",
                        "Unreadable (its message cannot be read",
                        () -> Uni.createFrom().failure(new Unreadable())),
                failure("an unreadable cause", "boom", () -> {
                    throw new IllegalStateException("boom", new Unreadable());
                }),
                failure("an unreadable error", "UnreadableError (its message cannot be read: OutOfMemoryError", () -> {
                    throw new UnreadableError();
                }),
                failure("out of memory", "for a test", () -> {
                    throw new OutOfMemoryError("for a test");
                }),
                failure("an error while it is subscribed to", "late", () -> Uni.createFrom()
                        .emitter(emitter -> {
                            throw new AssertionError("late");
                        })),
                failure("no Uni", "the handler returned no Uni", () -> null),
                failure("no outcome", "the handler returned no outcome", () -> Uni.createFrom()
                        .nullItem()),
                failure("no reason to fail", "the reason of a failure must not be null", () -> Uni.createFrom()
                        .item(Outcome.fail(null))),
                failure("no reason to retry", "the reason of a retry must not be null", () -> Uni.createFrom()
                        .item(() -> Outcome.retryLater(null))),
                failure("no reason to snooze", "the reason of a snooze must not be null", () -> Uni.createFrom()
                        .item(Outcome.snooze(Duration.ofSeconds(1), null))),
                failure("no delay", "the delay of a snooze must not be null", () -> Uni.createFrom()
                        .item(Outcome.snooze(null, "why"))),
                failure("a delay before now", "the delay of a retry must be between", () -> Uni.createFrom()
                        .item(new Outcome.RetryLater(Duration.ofDays(-1), "why"))));
    }

    private static Arguments failure(String name, String reason, Supplier<Uni<Outcome>> doing) {
        return Arguments.of(name, reason, (Function<JobContext, Uni<Outcome>>) job -> doing.get());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void aHandlersSurpriseEndsItsJobWithAReason(String name, String reason, Function<JobContext, Uni<Outcome>> doing) {
        JobView job = run(doing);

        assertThat(job.state()).isEqualTo(JobState.DEAD);
        assertThat(job.error()).contains(reason);
    }

    /** A result that cannot be written. */
    public static final class BadResult {

        private final Throwable thrown;

        BadResult(Throwable thrown) {
            this.thrown = thrown;
        }

        public String getText() {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    /** One that contains itself. */
    public static final class Endless {
        public Endless getSelf() {
            return this;
        }
    }

    static Stream<Arguments> results() {
        return Stream.of(
                Arguments.of("a getter throws", new BadResult(new IllegalStateException("boom"))),
                Arguments.of("a getter throws an unreadable exception", new BadResult(new Unreadable())),
                Arguments.of("a getter throws an error", new BadResult(new AssertionError("boom"))),
                Arguments.of("a getter throws an unreadable error", new BadResult(new UnreadableError())),
                Arguments.of("it contains itself", new Endless()),
                Arguments.of("it is no value", new Object()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("results")
    void aResultThatCannotBeWrittenBuriesItsJob(String name, Object result) {
        JobView job = run(context -> Uni.createFrom().item(Outcome.completed(result)), JobOptions.DEFAULT);

        assertThat(job.state()).isEqualTo(JobState.DEAD);
        assertThat(job.error()).startsWith("the result cannot be written as JSON: ");
    }

    static Stream<Arguments> followUps() {
        return Stream.of(
                Arguments.of("a payload that cannot be written", new FollowUp<>(WORK, new BadResult(new Unreadable()))),
                Arguments.of("an error of a payload", new FollowUp<>(WORK, new BadResult(new UnreadableError()))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("followUps")
    void aFollowUpThatCannotBeEnqueuedHoldsNoSlot(String name, FollowUp<?> next) {
        JobView job = run(context -> Uni.createFrom().item(Outcome.completedThen("x", next)), JobOptions.DEFAULT);

        assertThat(job.state()).isEqualTo(JobState.DEAD);
        assertThat(job.error()).startsWith("a job that should follow cannot be enqueued: ");
    }

    @Test
    void whatAHandlerWantsDoneOnCancellationMayThrowAnything() {
        JobOptions brief = once().withTimeout(Duration.ofMillis(300));
        JobView job = run(
                context -> {
                    context.whenCancelled(() -> {
                        throw new UnreadableError();
                    });
                    return Uni.createFrom()
                            .<Outcome>emitter(emitter -> emitter.onTermination(() -> {
                                throw new AssertionError("on termination");
                            }));
                },
                brief);

        assertThat(job.state()).isEqualTo(JobState.DEAD);
        assertThat(job.error()).contains("timed out after 300 ms");
    }

    @Test
    void listenersHearWhatOneBeforeThemThrewAt() {
        int before = events.size();

        run(context -> Uni.createFrom().item(Outcome.completed("well")));

        await().until(() -> events.size() == before + 1);
        assertThat(new ArrayList<>(events).get(before)).isInstanceOf(JobEvent.Completed.class);
    }
}
