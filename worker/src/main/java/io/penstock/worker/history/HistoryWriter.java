package io.penstock.worker.history;

import io.penstock.common.history.HistoryConfig;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.JobHistoryStore;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.sqlclient.DatabaseException;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Empties the buffer into PostgreSQL, a batch at a time, when one is full or its time has come. While PostgreSQL is away the
 * rows stay where they are and the batch is tried again, for as long as it takes. Confined to its own event loop.
 */
@ApplicationScoped
public class HistoryWriter {

    private static final Logger LOG = Logger.getLogger(HistoryWriter.class);

    /** First pause after a failure; doubles up to {@link #MAX_PAUSE_MS}. */
    private static final long MIN_PAUSE_MS = 100;

    private static final long MAX_PAUSE_MS = 5_000;
    /** While the process stops there is no time for long pauses. */
    private static final long LAST_CALL_PAUSE_MS = 200;

    private final HistoryBuffer buffer;
    private final JobHistoryStore store;
    private final HistoryMeters meters;
    private final Settings settings;
    private final ContextInternal context;

    private boolean writing;
    private long pauseMs = MIN_PAUSE_MS;
    private volatile boolean roused;
    private volatile boolean stopping;
    private long timer = -1;
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
        this.context = ((VertxInternal) vertx).createEventLoopContext();
    }

    void start(@Observes StartupEvent event) {
        start();
    }

    public void start() {
        long period = settings.flushInterval().toMillis();
        timer = context.setPeriodic(period, tick -> turn());
    }

    /** To be told of every row: a full batch does not wait for its time. From any thread. */
    void roused(int waiting) {
        if (waiting >= settings.batch() && !roused) {
            roused = true;
            context.runOnContext(turn -> {
                roused = false;
                turn();
            });
        }
    }

    private void turn() {
        List<HistoryRow> batch = writing ? List.of() : buffer.oldest(settings.batch());
        if (batch.isEmpty()) {
            if (!writing) {
                tellEmpty();
            }
            return;
        }
        writing = true;
        long begin = System.nanoTime();
        write(batch)
                .subscribe()
                .with(
                        stored ->
                                context.execute(() -> wrote(batch.size(), Duration.ofNanos(System.nanoTime() - begin))),
                        failure -> context.execute(() -> failed(failure)));
    }

    private void wrote(int rows, Duration time) {
        if (pauseMs > MIN_PAUSE_MS) {
            LOG.infof("history: written again, %d rows wait", buffer.size() - rows);
        }
        meters.wrote(rows, time);
        buffer.remove(rows);
        pauseMs = MIN_PAUSE_MS;
        writing = false;
        if (stopping || buffer.size() >= settings.batch()) {
            turn();
        } else if (buffer.size() == 0) {
            tellEmpty();
        }
    }

    private void failed(Throwable failure) {
        meters.failed();
        if (pauseMs == MIN_PAUSE_MS) {
            LOG.warnf(
                    "history: %d rows cannot be written now and are kept; will keep trying%s: %s",
                    buffer.size(),
                    buffer.isFull() ? ", and queues that keep a history claim no more jobs" : "",
                    failure);
        }
        long jittered = pauseMs / 2 + ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1);
        pauseMs = Math.min(pauseMs * 2, stopping ? LAST_CALL_PAUSE_MS : MAX_PAUSE_MS);
        context.setTimer(jittered, again -> {
            writing = false;
            turn();
        });
    }

    /** One row that PostgreSQL does not take must not keep the others, and all that come after them, from being written. */
    private Uni<Integer> write(List<HistoryRow> batch) {
        return store.append(batch).onFailure(HistoryWriter::isAboutTheData).recoverWithUni(failure -> {
            int half = batch.size() / 2;
            return half == 0
                    ? writeBare(batch.get(0), failure)
                    : write(batch.subList(0, half)).chain(() -> write(batch.subList(half, batch.size())));
        });
    }

    private Uni<Integer> writeBare(HistoryRow row, Throwable why) {
        LOG.warnf(
                "history: job %s (%s, queue %s) is written without its texts, PostgreSQL did not take them: %s",
                row.jobId(), row.type(), row.queue(), why.getMessage());
        return store.append(List.of(row.bare()))
                .onFailure(HistoryWriter::isAboutTheData)
                .recoverWithItem(failure -> {
                    LOG.errorf("history: the row of job %s is lost: %s", row.jobId(), failure);
                    meters.refused();
                    return 0;
                });
    }

    /** SQLSTATE classes: data exception, constraint violation, program limit exceeded. Trying again would change nothing. */
    private static boolean isAboutTheData(Throwable failure) {
        if (!(failure instanceof DatabaseException e) || e.getSqlState() == null) {
            return false;
        }
        String state = e.getSqlState();
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
    }

    /** Behind the worker's own stop, whose last jobs have ended by then. */
    void stop(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) ShutdownEvent event) {
        stop();
    }

    /** Writes what waits, for the stop grace at most. */
    public void stop() {
        stopping = true;
        CompletableFuture<Void> empty = whenEmpty();
        context.runOnContext(turn -> {
            pauseMs = Math.min(pauseMs, LAST_CALL_PAUSE_MS);
            turn();
        });
        try {
            empty.get(settings.stopGrace().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.warnf("history: %d rows were not written in time and are lost", buffer.size());
        }
        context.owner().cancelTimer(timer);
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
