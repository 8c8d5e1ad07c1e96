package io.penstock.bench;

import io.penstock.common.loop.EventLoopContext;
import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The upserts of {@link WorkOffWithUpserts} without any queue: the same statement through the same pool, from one event
 * loop as well, and as many under way as the worker has slots.
 */
final class UpsertsAlone implements Measurement {

    private static final Duration MOST = Duration.ofMinutes(30);

    private final int underWay;
    private final Payload payload = Payload.ofJsonBytes(BulkProducer.JSON_BYTES);

    UpsertsAlone(int underWay) {
        this.underWay = underWay;
    }

    @Override
    public Figures measure(Run run) {
        Vertx vertx = Vertx.vertx();
        try (BenchPostgres server = new BenchPostgres()) {
            EventLoopContext context = EventLoopContext.create(vertx);
            try (Upserts upserts = new Upserts(server, vertx)) {
                perform(upserts, context, run.warmUp());
            }
            try (Upserts upserts = new Upserts(server, vertx)) {
                Effort.Start start = Effort.start(run.redis());
                perform(upserts, context, run.jobs());
                Effort effort = start.end();
                upserts.requireWritten(run.warmUp() + run.jobs());
                return effort.rate(effort.cpu(run.figures()));
            }
        } finally {
            vertx.close();
        }
    }

    private void perform(Upserts upserts, EventLoopContext context, long count) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        context.runOnContext(turn -> Multi.createFrom()
                .range(0, Math.toIntExact(count))
                .onItem()
                .transformToUni(number -> upserts.upsert(payload))
                .merge(underWay)
                .onItem()
                .ignoreAsUni()
                .subscribe()
                .with(done::complete, done::completeExceptionally));
        try {
            done.get(MOST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } catch (ExecutionException e) {
            throw new BenchException("an upsert failed: " + e.getCause());
        } catch (TimeoutException e) {
            throw new BenchException("the upserts took longer than " + MOST.toMinutes() + " minutes");
        }
    }
}
