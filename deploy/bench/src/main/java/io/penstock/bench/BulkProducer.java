package io.penstock.bench;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.IdempotencyKey;
import io.penstock.common.queue.JobEnqueuer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;

/** Enqueues jobs in bulk calls, a bounded number of them under way. Confined to one event loop. */
final class BulkProducer {

    /** Jobs in one call. */
    static final int CALL = 50;
    /** Calls under way: enough to keep Redis and the client busy at once. */
    static final int WINDOW = 4;

    /** Of the JSON that one job carries where nothing else is asked for. */
    static final int JSON_BYTES = 200;

    private static final Duration MOST = Duration.ofMinutes(30);

    private final EventLoopContext context;
    private final Call call;

    /** A bulk call. */
    interface Call {

        /** Enqueues the jobs of this producer with these numbers, which ascend from 0. */
        Uni<List<Enqueued>> enqueue(JobEnqueuer enqueuer, LongStream numbers);
    }

    private final JobEnqueuer enqueuer;
    private long produced;

    BulkProducer(Engine engine) {
        this(engine, Feature.PLAIN, JSON_BYTES);
    }

    BulkProducer(Engine engine, Feature feature, int payloadBytes) {
        this(engine, callOf(feature, payloadBytes));
    }

    BulkProducer(Engine engine, Call call) {
        this.call = call;
        enqueuer = engine.enqueuer();
        context = engine.newContext();
    }

    private static Call callOf(Feature feature, int payloadBytes) {
        Payload payload = Payload.ofJsonBytes(payloadBytes);
        if (feature == Feature.IDEMPOTENCY_KEY) {
            String process = UUID.randomUUID().toString();
            return (enqueuer, numbers) -> Uni.join()
                    .all(numbers.mapToObj(number -> enqueuer.enqueue(
                                    Engine.TYPE,
                                    payload,
                                    feature.options(number),
                                    IdempotencyKey.of(process + "/" + number)))
                            .toList())
                    .andFailFast();
        }
        return (enqueuer, numbers) -> enqueuer.enqueueAll(
                Engine.TYPE,
                numbers.mapToObj(number -> new JobEnqueuer.Item<>(payload, feature.options(number)))
                        .toList());
    }

    /** Returns when Redis has accepted all of them. */
    void produce(long jobs) {
        if (jobs == 0) {
            return;
        }
        Batch batch = new Batch(jobs);
        context.runOnContext(turn -> batch.fillWindow());
        try {
            batch.accepted.get(MOST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } catch (ExecutionException e) {
            throw new BenchException("enqueue failed: " + e.getCause());
        } catch (TimeoutException e) {
            throw new BenchException("enqueue took longer than " + MOST.toMinutes() + " minutes");
        }
    }

    private final class Batch {

        private final CompletableFuture<Void> accepted = new CompletableFuture<>();
        private long toSend;
        private long toAccept;
        private int underWay;

        Batch(long jobs) {
            toSend = jobs;
            toAccept = jobs;
        }

        void fillWindow() {
            while (underWay < WINDOW && toSend > 0) {
                int size = (int) Math.min(CALL, toSend);
                toSend -= size;
                underWay++;
                produced += size;
                call.enqueue(enqueuer, LongStream.range(produced - size, produced))
                        .subscribe()
                        .with(
                                answers -> context.execute(() -> accepted(answers.size())),
                                accepted::completeExceptionally);
            }
        }

        private void accepted(int size) {
            underWay--;
            toAccept -= size;
            if (toAccept == 0) {
                accepted.complete(null);
            } else {
                fillWindow();
            }
        }
    }
}
