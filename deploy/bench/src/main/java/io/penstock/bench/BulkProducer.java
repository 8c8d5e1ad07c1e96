package io.penstock.bench;

import io.penstock.common.queue.JobEnqueuer;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Enqueues jobs in bulk calls, a bounded number of them under way. Confined to one event loop. */
final class BulkProducer {

    /** Jobs in one call. */
    static final int CALL = 50;
    /** Calls under way: enough to keep Redis and the client busy at once. */
    static final int WINDOW = 4;

    /** Of the JSON that one job carries. */
    static final int JSON_BYTES = 200;

    private static final Duration MOST = Duration.ofMinutes(30);

    private final JobEnqueuer enqueuer;
    private final ContextInternal context;
    private final Payload payload = Payload.ofJsonBytes(JSON_BYTES);
    private final Feature feature;
    private long produced;

    BulkProducer(Engine engine) {
        this(engine, Feature.PLAIN);
    }

    BulkProducer(Engine engine, Feature feature) {
        this.feature = feature;
        enqueuer = engine.enqueuer();
        context = engine.newContext();
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

    private List<JobEnqueuer.Item<Payload>> call(int size) {
        List<JobEnqueuer.Item<Payload>> items = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            items.add(new JobEnqueuer.Item<>(payload, feature.options(produced++)));
        }
        return items;
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
                enqueuer.enqueueAll(Engine.TYPE, call(size))
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
