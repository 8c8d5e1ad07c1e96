package io.penstock.common.outbox;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Does one thing again and again. Turns never overlap; after a turn comes the pause it asked for, after failures a pause
 * that doubles, both a little random, so that processes do not fall into step. A failure is logged when it begins and
 * when it ends. All state belongs to one event loop.
 */
final class Recurring {

    private static final long FIRST_PAUSE_AFTER_FAILURE_MS = 100;
    private static final Logger LOG = Logger.getLogger(Recurring.class);

    private final Context context;
    private final String duty;
    private final Supplier<Uni<Duration>> turn;
    private final Duration turnLimit;
    private final long longestPauseMs;

    private long timer = -1;
    private int failures;
    private boolean running;
    private boolean hurried;
    private volatile boolean stopping;
    private volatile CompletableFuture<Void> latest = CompletableFuture.completedFuture(null);

    /**
     * @param duty says in the log what cannot be done: "cannot (duty)"
     * @param turn answers with the pause until the next one
     * @param turnLimit a turn that lasts longer has failed
     * @param longestPause the longest pause after failures
     */
    Recurring(Vertx vertx, String duty, Supplier<Uni<Duration>> turn, Duration turnLimit, Duration longestPause) {
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.duty = duty;
        this.turn = turn;
        this.turnLimit = turnLimit;
        this.longestPauseMs = longestPause.toMillis();
    }

    void start() {
        hurry();
    }

    /** Takes the next turn now, or right after the present one. While turns fail the pause is kept. */
    void hurry() {
        context.runOnContext(unused -> {
            if (running) {
                hurried = true;
            } else if (failures == 0) {
                cancelTimer();
                run();
            }
        });
    }

    /** Takes no turn any more. */
    void stop() {
        stopping = true;
    }

    /** Waits for the turn that runs; false where it did not end in time. */
    boolean awaitEnd(Duration grace) {
        try {
            latest.get(grace.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void run() {
        if (stopping) {
            return;
        }
        running = true;
        hurried = false;
        latest = new CompletableFuture<>();
        Uni.createFrom()
                .deferred(turn::get)
                .ifNoItem()
                .after(turnLimit)
                .fail()
                .emitOn(command -> context.runOnContext(unused -> command.run()))
                .subscribe()
                .with(this::succeeded, this::failed);
    }

    private void succeeded(Duration pause) {
        if (failures > 0) {
            failures = 0;
            LOG.infof("%s: works again", duty);
        }
        ended(hurried ? 0 : jittered(pause.toMillis()));
    }

    private void failed(Throwable failure) {
        if (failures == 0 && !stopping) {
            LOG.warnf("cannot %s, will keep trying: %s", duty, failure);
        }
        failures = Math.min(failures + 1, 20);
        ended(Math.max(1, jittered(Math.min(FIRST_PAUSE_AFTER_FAILURE_MS << (failures - 1), longestPauseMs))));
    }

    private void ended(long pauseMs) {
        running = false;
        latest.complete(null);
        if (pauseMs == 0) {
            context.runOnContext(unused -> runUnlessRunning());
        } else {
            timer = context.owner().setTimer(pauseMs, unused -> context.runOnContext(now -> runUnlessRunning()));
        }
    }

    private void runUnlessRunning() {
        if (!running) {
            cancelTimer();
            run();
        }
    }

    private void cancelTimer() {
        context.owner().cancelTimer(timer);
    }

    private static long jittered(long ms) {
        return ms - ThreadLocalRandom.current().nextLong(ms / 4 + 1);
    }
}
