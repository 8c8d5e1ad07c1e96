package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ends on their way to a store that answers when the test says so. */
class FinishBufferTest {

    private static final int FULL = 64;

    private final Vertx vertx = Vertx.vertx();
    private final ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
    private final LinkedBlockingQueue<Batch> sent = new LinkedBlockingQueue<>();
    private final Map<ClaimedJob, Boolean> told = new ConcurrentHashMap<>();
    private final FinishBuffer buffer = new FinishBuffer(
            consumer(),
            context,
            new PendingAcks(new LeaseValidity(Duration.ofHours(1))),
            (job, stored) -> told.put(job.job(), stored));

    /** One call of the store, not answered yet. */
    private record Batch(List<FinishedJob> jobs, UniEmitter<? super Set<ClaimedJob>> answer) {

        Set<ClaimedJob> claimed() {
            return Set.copyOf(jobs.stream().map(FinishedJob::job).toList());
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
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    /** Jobs that end in one turn of the event loop; what follows from that has happened when this returns. */
    private void end(int jobs) throws Exception {
        inOneTurn(() -> IntStream.range(0, jobs).forEach(i -> add("job-" + i)));
    }

    private void add(String id) {
        buffer.add(new FinishedJob(TestJobs.claimed(id), Instant.EPOCH, Instant.EPOCH, null));
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
}
