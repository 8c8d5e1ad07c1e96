package io.penstock.scheduler;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Does one thing again and again until it is stopped. Turns never overlap; one that hangs is given up, so that the next
 * can do better; failures are logged when they begin and when they end, not each time.
 */
final class SteadyLoop {

    private static final Logger LOG = Logger.getLogger(SteadyLoop.class);

    private final Vertx vertx;
    private final String name;
    private final Supplier<Uni<Duration>> turn;
    private final Duration turnTimeout;
    private final Duration pauseAfterFailure;
    private final Runnable onFailure;

    private volatile boolean stopping;
    private volatile boolean failing;
    private volatile long lastEndNanos = System.nanoTime();
    private volatile CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

    /** @param turn answers with the pause until the next one */
    SteadyLoop(
            Vertx vertx,
            String name,
            Supplier<Uni<Duration>> turn,
            Duration turnTimeout,
            Duration pauseAfterFailure,
            Runnable onFailure) {
        this.vertx = vertx;
        this.name = name;
        this.turn = turn;
        this.turnTimeout = turnTimeout;
        this.pauseAfterFailure = pauseAfterFailure;
        this.onFailure = onFailure;
    }

    void start() {
        turnAfter(Duration.ofMillis(1));
    }

    /** Begins no turn any more. */
    void stop() {
        stopping = true;
    }

    /** Waits for the turn that runs; false where it did not end in time. */
    boolean awaitEnd(Duration grace) {
        try {
            running.get(grace.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** How long ago a turn ended, well or not, or the loop was made. */
    Duration sinceLastEnd() {
        return Duration.ofNanos(System.nanoTime() - lastEndNanos);
    }

    private void turnAfter(Duration pause) {
        vertx.setTimer(Math.max(1, pause.toMillis()), timer -> {
            if (!stopping) {
                runTurn();
            }
        });
    }

    private void runTurn() {
        CompletableFuture<Void> end = new CompletableFuture<>();
        running = end;
        Uni.createFrom()
                .deferred(turn::get)
                .ifNoItem()
                .after(turnTimeout)
                .fail()
                .invoke(this::succeeded)
                .onFailure()
                .invoke(this::failed)
                .onFailure()
                .recoverWithItem(pauseAfterFailure)
                .subscribe()
                .with(pause -> {
                    lastEndNanos = System.nanoTime();
                    end.complete(null);
                    if (!stopping) {
                        turnAfter(pause);
                    }
                });
    }

    private void succeeded() {
        if (failing) {
            failing = false;
            LOG.infof("%s works again", name);
        }
    }

    private void failed(Throwable failure) {
        onFailure.run();
        if (!failing) {
            failing = true;
            LOG.warnf("%s failed, tried again every %d ms: %s", name, pauseAfterFailure.toMillis(), failure);
        }
    }
}
