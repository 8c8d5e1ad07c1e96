package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobEvents;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ends on their way to a store that answers when the test says so. */
class JobFinisherTest {

    private static final int FULL = 64;

    private final Vertx vertx = Vertx.vertx();
    private final EventLoopContext context = EventLoopContext.create(vertx);
    private final LinkedBlockingQueue<Batch> sent = new LinkedBlockingQueue<>();
    private final Map<ClaimedJob, Boolean> told = new ConcurrentHashMap<>();
    private final List<JobEvent> events = new CopyOnWriteArrayList<>();
    private final QueueConsumer consumer = consumer();
    private final Slots slots = new Slots(1_000, Duration.ZERO);
    private final LeasedJobs jobs = new LeasedJobs(slots);
    private final ProgressWriter writer =
            new ProgressWriter(consumer, ProgressSettings.none(), new JobEvents(List.of()), context);
    private final JobFinisher finisher = new JobFinisher(
            consumer, jobs, new JobEvents(List.of(this::hear)), context, new LeaseValidity(Duration.ofHours(1)));
    /** How the store answers any end but a success, by the name of the call. */
    private final Map<String, Supplier<Uni<Boolean>>> answers = new ConcurrentHashMap<>();

    /** One call of the store, not answered yet. */
    private record Batch(List<FinishedJob> jobs, UniEmitter<? super Set<ClaimedJob>> answer) {

        Set<ClaimedJob> claimed() {
            return Set.copyOf(jobs.stream().map(FinishedJob::job).toList());
        }
    }

    private void hear(JobEvent event) {
        events.add(event);
        if (event instanceof JobEvent.Completed completed) {
            told.put(completed.job(), true);
        } else if (event instanceof JobEvent.LeaseLost lost) {
            told.put(lost.job(), false);
        }
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    @SuppressWarnings("unchecked")
    private QueueConsumer consumer() {
        return (QueueConsumer) Proxy.newProxyInstance(
                QueueConsumer.class.getClassLoader(),
                new Class<?>[] {QueueConsumer.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "policy" -> QueuePolicy.defaults("work");
                    case "finish" ->
                        Uni.createFrom()
                                .<Set<ClaimedJob>>emitter(
                                        emitter -> sent.add(new Batch((List<FinishedJob>) arguments[0], emitter)));
                    default -> {
                        Supplier<Uni<Boolean>> answer = answers.get(method.getName());
                        if (answer == null) {
                            throw new UnsupportedOperationException(method.getName());
                        }
                        yield answer.get();
                    }
                });
    }

    /** Jobs that end in one turn of the event loop; what follows from that has happened when this returns. */
    private void end(int jobs) throws Exception {
        inOneTurn(() -> IntStream.range(0, jobs).forEach(i -> add("job-" + i)));
    }

    private void add(String id) {
        end(id, new NextStep.Complete(null, List.of()));
    }

    private RunningJob end(String id, NextStep step) {
        RunningJob job = new RunningJob("work", TestJobs.claimed(id), Instant.EPOCH, writer, null);
        jobs.add(job);
        job.end();
        job.decide(step);
        finisher.store(job);
        return job;
    }

    private void endAlone(NextStep step) throws Exception {
        inOneTurn(() -> end("alone", step));
    }

    private static NextStep.Retry retry() {
        return new NextStep.Retry(Duration.ofSeconds(1), "boom");
    }

    private static <T> Uni<T> failing(Throwable failure) {
        return Uni.createFrom().failure(failure);
    }

    private static QueueUnavailableException away() {
        return new QueueUnavailableException("no answer", Effect.UNKNOWN, null);
    }

    private static QueueUnavailableException forEver() {
        return new QueueUnavailableException("WRONGTYPE", Effect.UNKNOWN, null, true);
    }

    private void answer(Batch batch, Set<ClaimedJob> lost) throws Exception {
        inOneTurn(() -> batch.answer().complete(lost));
    }

    private void inOneTurn(Runnable action) throws Exception {
        CompletableFuture<Void> over = new CompletableFuture<>();
        context.runOnContext(turn -> {
            action.run();
            context.runOnContext(next -> over.complete(null));
        });
        over.get(5, TimeUnit.SECONDS);
    }

    private Batch next() throws InterruptedException {
        Batch batch = sent.poll(5, TimeUnit.SECONDS);
        assertThat(batch).as("a call of the store").isNotNull();
        return batch;
    }

    @Test
    void whatEndsWhileABatchIsUnderWayLeavesTogetherAfterIt() throws Exception {
        end(2);
        Batch first = next();
        assertThat(first.jobs()).hasSize(2);

        end(1);
        end(1);
        end(1);
        assertThat(sent).isEmpty();
        answer(first, Set.of());

        assertThat(next().jobs()).hasSize(3);
        assertThat(sent).isEmpty();
    }

    /** All of it happens before the event loop looks at its timers again. */
    @Test
    void whatEndsRightAfterABatchWaitsForOthers() throws Exception {
        CompletableFuture<Void> over = new CompletableFuture<>();
        context.runOnContext(turn -> {
            add("first");
            context.runOnContext(left -> {
                sent.remove().answer().complete(Set.of());
                add("second");
                context.runOnContext(wouldHaveLeft -> {
                    add("third");
                    over.complete(null);
                });
            });
        });
        over.get(5, TimeUnit.SECONDS);

        assertThat(next().jobs()).hasSize(2);
        assertThat(sent).isEmpty();
    }

    @Test
    void fullBatchesDoNotWaitForOneAnotherButForTheFourth() throws Exception {
        end(5 * FULL + 10);
        List<Batch> four = List.of(next(), next(), next(), next());
        assertThat(four).allSatisfy(batch -> assertThat(batch.jobs()).hasSize(FULL));
        assertThat(sent).isEmpty();

        answer(four.get(0), Set.of());
        Batch fifth = next();
        assertThat(fifth.jobs()).hasSize(FULL);

        for (Batch batch : four.subList(1, 4)) {
            answer(batch, Set.of());
            assertThat(sent).as("one that is not full waits for all").isEmpty();
        }
        answer(fifth, Set.of());
        assertThat(next().jobs()).hasSize(10);
    }

    @Test
    void tellsOfEachJobWhetherItsEndIsStored() throws Exception {
        end(3);
        Batch batch = next();
        ClaimedJob lost = batch.jobs().get(1).job();
        assertThat(told).isEmpty();

        answer(batch, Set.of(lost));

        assertThat(told).hasSize(3).containsEntry(lost, false);
        assertThat(told.values()).containsExactlyInAnyOrder(true, true, false);
    }

    @Test
    void triesAgainAndKnowsThatARefusalThenMeansThatTheFirstTryArrived() throws Exception {
        end(2);
        Batch first = next();
        first.answer().fail(new QueueUnavailableException("no answer", Effect.UNKNOWN, null));
        Batch again = next();
        assertThat(again.jobs()).isEqualTo(first.jobs());

        answer(again, again.claimed());

        assertThat(told).hasSize(2).doesNotContainValue(false);
    }

    @Test
    void theSlotOfASuccessIsFreeBeforeItsEndIsStoredAndAnyOtherIsKept() throws Exception {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        answers.put("retryLater", () -> Uni.createFrom().completionStage(answer));
        end(1);
        endAlone(retry());
        Batch batch = next();

        assertThat(slots.running()).isEqualTo(1);
        assertThat(jobs.leased()).hasSize(2);

        answer(batch, Set.of());
        inOneTurn(() -> answer.complete(true));

        assertThat(slots.running()).isZero();
        assertThat(jobs.isEmpty()).isTrue();
        assertThat(events).hasExactlyElementsOfTypes(JobEvent.Completed.class, JobEvent.AttemptFailed.class);
    }

    @Test
    void anOutageIsOutlasted() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        answers.put(
                "retryLater",
                () -> calls.incrementAndGet() < 3
                        ? failing(away())
                        : Uni.createFrom().item(true));

        endAlone(retry());

        await().until(() -> events.size() == 1);
        assertThat(events).hasExactlyElementsOfTypes(JobEvent.AttemptFailed.class);
        assertThat(calls).hasValue(3);
        assertThat(slots.running()).isZero();
    }

    static Stream<Supplier<Uni<Boolean>>> faultsThatStay() {
        return Stream.of(
                () -> failing(forEver()),
                () -> failing(new NullPointerException("text")),
                () -> failing(new ClassCastException("of a reply")),
                () -> failing(new StackOverflowError()),
                () -> {
                    throw new IllegalArgumentException("on the way to the store");
                });
    }

    @ParameterizedTest
    @MethodSource("faultsThatStay")
    void anEndThatCanNeverBeStoredBuriesItsJobAtOnce(Supplier<Uni<Boolean>> fault) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        answers.put("retryLater", () -> {
            calls.incrementAndGet();
            return fault.get();
        });
        answers.put("bury", () -> Uni.createFrom().item(true));

        endAlone(retry());

        await().until(() -> !events.isEmpty());
        assertThat(events).singleElement().isInstanceOfSatisfying(JobEvent.Died.class, died -> assertThat(died.reason())
                .startsWith("its end cannot be stored: "));
        assertThat(calls).hasValue(1);
        assertThat(slots.running()).isZero();
    }

    @Test
    void aJobThatCannotBeBuriedEitherHoldsNothing() throws Exception {
        answers.put("retryLater", () -> failing(forEver()));
        answers.put("bury", () -> failing(forEver()));

        endAlone(retry());

        await().until(jobs::isEmpty);
        assertThat(slots.running()).isZero();
        assertThat(finisher.longestStore()).isZero();
        assertThat(events).isEmpty();
    }

    @Test
    void whatWasStoredBeforeItsAnswerWasLostIsToldAsItWasStored() throws Exception {
        answers.put("retryLater", () -> failing(new ClassCastException("of a reply")));
        answers.put("bury", () -> Uni.createFrom().item(false));

        endAlone(retry());

        await().until(() -> !events.isEmpty());
        assertThat(events).hasExactlyElementsOfTypes(JobEvent.AttemptFailed.class);
    }

    @Test
    void oneJobOfABatchThatCanNeverBeStoredDoesNotHarmTheOthers() throws Exception {
        answers.put("bury", () -> Uni.createFrom().item(true));
        end(3);
        Batch batch = next();
        ClaimedJob culprit = batch.jobs().get(1).job();
        inOneTurn(() -> batch.answer().fail(new IllegalArgumentException("of one job")));

        for (int i = 0; i < 3; i++) {
            Batch single = next();
            inOneTurn(() -> {
                if (single.claimed().contains(culprit)) {
                    single.answer().fail(new IllegalArgumentException("of this job"));
                } else {
                    single.answer().complete(Set.of());
                }
            });
        }

        await().until(jobs::isEmpty);
        assertThat(told).hasSize(2).doesNotContainKey(culprit).doesNotContainValue(false);
        assertThat(events)
                .filteredOn(JobEvent.Died.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(JobEvent.Died.class, died -> {
                    assertThat(died.job()).isSameAs(culprit);
                    assertThat(died.reason()).isEqualTo("its end cannot be stored: of this job");
                });
    }

    @Test
    void aListenerThatThrowsAnythingKeepsNoSlot() throws Exception {
        List<JobEvent> heard = new CopyOnWriteArrayList<>();
        JobFinisher told = new JobFinisher(
                consumer,
                jobs,
                new JobEvents(List.of(
                        event -> {
                            throw new AssertionError("a listener's");
                        },
                        heard::add)),
                context,
                new LeaseValidity(Duration.ofHours(1)));
        answers.put("retryLater", () -> Uni.createFrom().item(true));
        inOneTurn(() -> {
            for (String id : List.of("first", "second")) {
                RunningJob job = new RunningJob("work", TestJobs.claimed(id), Instant.EPOCH, writer, null);
                jobs.add(job);
                job.end();
                job.decide(retry());
                told.store(job);
            }
        });

        await().until(jobs::isEmpty);
        assertThat(heard).hasSize(2);
    }
}
