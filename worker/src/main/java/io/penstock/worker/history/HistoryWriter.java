package io.penstock.worker.history;

import io.penstock.common.history.HistoryConfig;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.worker.run.Heartbeat;
import io.penstock.worker.run.MonitoredLoops;
import io.penstock.worker.run.StuckLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Empties the buffer into PostgreSQL, a batch at a time, when one is full or its time has come. While PostgreSQL is away the
 * rows stay where they are and the batch is tried again, for as long as it takes. {@link BatchWrite} sees to it that a row
 * which cannot be written costs that row only. Confined to its own event loop.
 */
@ApplicationScoped
public class HistoryWriter implements MonitoredLoops {

    private static final Backoff BACKOFF = Backoff.ofMillis(100, 5_000);
    /** While the process stops there is no time for long pauses. */
    private static final Backoff LAST_CALL = Backoff.ofMillis(100, 200);
    /** A batch with many bad rows takes many statements; each has a deadline of its own. */
    private static final Duration TIME_LIMIT = Duration.ofMinutes(5);

    private static final Logger LOG = Logger.getLogger(HistoryWriter.class);

    private final HistoryBuffer buffer;
    private final JobHistoryStore store;
    private final HistoryMeters meters;
    private final Settings settings;
    private final EventLoopContext context;
    private final PeriodicTask task;
    private final Heartbeat heartbeat = new Heartbeat("write the history");

    private volatile boolean roused;
    private volatile boolean stopping;
    private final List<CompletableFuture<Void>> awaitEmpty = new ArrayList<>();

    /** See {@link HistoryConfig}. */
    public record Settings(int batch, Duration flushInterval, Duration stopGrace) {

        public Settings {
            if (batch < 1 || flushInterval.toMillis() < 1) {
                throw new IllegalArgumentException(
                        "penstock.history.batch must be at least 1 and flush-interval at least 1 ms");
            }
        }
    }

    @Inject
    public HistoryWriter(
            Vertx vertx, HistoryBuffer buffer, JobHistoryStore store, HistoryMeters meters, HistoryConfig config) {
        this(vertx, buffer, store, meters, new Settings(config.batch(), config.flushInterval(), config.stopGrace()));
    }

    /** For programs without a bean container. */
    public HistoryWriter(
            Vertx vertx, HistoryBuffer buffer, JobHistoryStore store, HistoryMeters meters, Settings settings) {
        this.buffer = buffer;
        this.store = store;
        this.meters = meters;
        this.settings = settings;
        this.context = EventLoopContext.create(vertx);
        this.task = PeriodicTask.task(
                        context,
                        "write the history (rows are kept; when the buffer is full, queues with a history claim no jobs)",
                        this::writeOnce)
                .timeLimit(TIME_LIMIT)
                .exact()
                .pauseAfterFailures(failures -> (stopping ? LAST_CALL : BACKOFF).pause(failures))
                .onSuccess(heartbeat::well)
                .onFailure(this::failed)
                .build();
    }

    void start(@Observes StartupEvent event) {
        start();
    }

    public void start() {
        task.startAfter(settings.flushInterval());
    }

    /** To be told of every row: a full batch does not wait for its time. From any thread. */
    void roused(int waiting) {
        if (waiting >= settings.batch() && !roused) {
            roused = true;
            task.runSoon();
        }
    }

    private Uni<Duration> writeOnce() {
        roused = false;
        List<HistoryRow> batch = buffer.oldest(settings.batch());
        if (batch.isEmpty()) {
            tellEmpty();
            return Uni.createFrom().item(settings.flushInterval());
        }
        long begin = System.nanoTime();
        return new BatchWrite(store, meters, heartbeat::comesRound)
                .write(batch)
                .emitOn(command -> context.execute(command))
                .map(written -> wrote(batch.size(), Duration.ofNanos(System.nanoTime() - begin)));
    }

    /** Answers with the pause until the next batch. */
    private Duration wrote(int rows, Duration time) {
        meters.wrote(rows, time);
        buffer.remove(rows);
        if (buffer.size() == 0) {
            tellEmpty();
        }
        int atLeast = stopping ? 1 : settings.batch();
        return buffer.size() >= atLeast ? Duration.ZERO : settings.flushInterval();
    }

    private void failed(Throwable failure) {
        meters.failed();
        if (BatchWrite.isOutage(failure)) {
            // A restart would not bring PostgreSQL back.
            heartbeat.well();
        } else {
            heartbeat.failed(failure);
        }
    }

    @Override
    public List<StuckLoop> stuckLoops(Duration limit) {
        return heartbeat.stuckLoops("history", limit.plus(store.deadline()));
    }

    /** Behind the worker's own stop, whose last jobs have ended by then. */
    void stop(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) ShutdownEvent event) {
        stop();
    }

    /** Writes what waits, for the stop grace at most. */
    public void stop() {
        stopping = true;
        CompletableFuture<Void> empty = whenEmpty();
        task.runNow();
        try {
            empty.get(settings.stopGrace().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.warnf("history: %d rows were not written in time and are lost", buffer.size());
        }
        task.stop();
    }

    /**
     * Completes when no row waits, on the writer's event loop. It does not hurry the rows that do: a batch that is not full
     * waits for its time. While PostgreSQL is away it does not complete. From any thread.
     */
    public CompletableFuture<Void> whenEmpty() {
        CompletableFuture<Void> empty = new CompletableFuture<>();
        context.runOnContext(turn -> {
            awaitEmpty.add(empty);
            if (buffer.size() == 0) {
                tellEmpty();
            }
        });
        return empty;
    }

    private void tellEmpty() {
        awaitEmpty.forEach(waiting -> waiting.complete(null));
        awaitEmpty.clear();
    }
}
