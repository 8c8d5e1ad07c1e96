package io.penstock.common.loop;

import io.netty.channel.EventLoop;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing again and again until it is stopped.
 *
 * <p>Runs never overlap: the next one is planned when the last has ended, whichever way. A run ends in any case: one that
 * throws (an {@link Error} too) has failed, one that hangs beyond its time limit is given up. So there is no flag that a
 * surprise could leave set. A failure is logged when it begins and when it is over, not each time.
 *
 * <p>Every task has an event loop of its own choice; all its state belongs to that loop.
 */
public final class PeriodicTask {

    private static final Logger LOG = Logger.getLogger(PeriodicTask.class);

    private final Context context;
    private final String duty;
    private final Supplier<Uni<Duration>> run;
    private final Duration timeLimit;
    private final IntFunction<Duration> pauseAfterFailures;
    private final boolean jitter;
    private final Runnable onSuccess;
    private final Consumer<Throwable> onFailure;

    private long timer = -1;
    private int failures;
    private boolean running;
    private boolean runAgain;
    /** When the next run begins, as planned. */
    private long plannedNanos;
    /** Asked for while a run was under way; null: not. */
    private @Nullable Long wantedNanos;
    private volatile boolean stopped;
    private volatile long lastEndNanos = System.nanoTime();
    private volatile CompletableFuture<Void> latest = CompletableFuture.completedFuture(null);

    private PeriodicTask(Builder with) {
        this.context = with.context;
        this.duty = with.duty;
        this.run = with.run;
        this.timeLimit = with.timeLimit;
        this.pauseAfterFailures = with.pauseAfterFailures;
        this.jitter = with.jitter;
        this.onSuccess = with.onSuccess;
        this.onFailure = with.onFailure;
    }

    /**
     * A task that decides itself when it runs next.
     *
     * @param duty what cannot be done while it fails, as in "cannot relay the outbox"
     * @param run one run; answers with the pause until the next one, zero: at once
     */
    public static Builder task(Vertx vertx, String duty, Supplier<Uni<Duration>> run) {
        return new Builder(((VertxInternal) vertx).createEventLoopContext(), duty, run);
    }

    /** The same on a given event loop. */
    public static Builder task(Context context, String duty, Supplier<Uni<Duration>> run) {
        return new Builder(context, duty, run);
    }

    /**
     * An event loop for tasks that have little to do: all of a process share it. A connection to PostgreSQL belongs to an event
     * loop, so that one of them does for all.
     */
    public static Context background(Vertx vertx) {
        VertxInternal internal = (VertxInternal) vertx;
        EventLoop first = (EventLoop) internal.getEventLoopGroup().iterator().next();
        return internal.createEventLoopContext(first, null, null);
    }

    /** A run that always has the same pause behind it. */
    public static Supplier<Uni<Duration>> every(Duration period, Supplier<? extends Uni<?>> run) {
        return () -> run.get().replaceWith(period);
    }

    /** What a task may have besides. */
    public static final class Builder {

        private final Context context;
        private final String duty;
        private final Supplier<Uni<Duration>> run;
        private Duration timeLimit = Duration.ofMinutes(1);
        private IntFunction<Duration> pauseAfterFailures = Backoff.ofMillis(100, 5_000)::pause;
        private boolean jitter = true;
        private Runnable onSuccess = () -> {};
        private Consumer<Throwable> onFailure = failure -> {};

        private Builder(Context context, String duty, Supplier<Uni<Duration>> run) {
            this.context = context;
            this.duty = duty;
            this.run = run;
        }

        /** A run that lasts longer has failed; 1 min. */
        public Builder timeLimit(Duration limit) {
            this.timeLimit = limit;
            return this;
        }

        /** Pauses after failures; 100 ms to 5 s. */
        public Builder backoff(Backoff backoff) {
            return pauseAfterFailures(backoff::pause);
        }

        /** The pause after so many failures in a row. */
        public Builder pauseAfterFailures(IntFunction<Duration> pause) {
            this.pauseAfterFailures = pause;
            return this;
        }

        /** Keeps pauses as they are. By default they are up to a quarter shorter, so that processes do not run in step. */
        public Builder exact() {
            this.jitter = false;
            return this;
        }

        /** Called after each run that ended well. */
        public Builder onSuccess(Runnable action) {
            this.onSuccess = action;
            return this;
        }

        /** Called after each run that failed. */
        public Builder onFailure(Consumer<Throwable> action) {
            this.onFailure = action;
            return this;
        }

        public PeriodicTask build() {
            return new PeriodicTask(this);
        }
    }

    /** The first run begins at once. */
    public void start() {
        context.runOnContext(turn -> runUnlessRunning());
    }

    /** The first run begins after a pause. */
    public void startAfter(Duration pause) {
        context.runOnContext(turn -> plan(pause));
    }

    /** Runs now, or right after the present run. While runs fail the pause is kept. From any thread. */
    public void runSoon() {
        context.runOnContext(turn -> {
            if (running) {
                runAgain = true;
            } else if (failures == 0) {
                runUnlessRunning();
            }
        });
    }

    /**
     * Runs no later than after this time; a run that is planned before stays as it is. While runs fail the pause is kept.
     * From any thread.
     */
    public void runWithin(Duration time) {
        long by = System.nanoTime() + time.toNanos();
        context.runOnContext(turn -> {
            if (running) {
                wantedNanos = wantedNanos == null || by - wantedNanos < 0 ? Long.valueOf(by) : wantedNanos;
            } else if (failures == 0 && (timer < 0 || by - plannedNanos < 0)) {
                plan(untilMillisCeil(by));
            }
        });
    }

    /** A whole number of milliseconds, not less than what is left. */
    private static Duration untilMillisCeil(long nanos) {
        long left = nanos - System.nanoTime();
        return left <= 0 ? Duration.ZERO : Duration.ofMillis((left + 999_999) / 1_000_000);
    }

    /** Runs now, or right after the present run, also where runs fail. From any thread. */
    public void runNow() {
        context.runOnContext(turn -> {
            failures = 0;
            if (running) {
                runAgain = true;
            } else {
                runUnlessRunning();
            }
        });
    }

    /** Begins no run any more. From any thread. */
    public void stop() {
        stopped = true;
        context.runOnContext(turn -> cancelTimer());
    }

    /** Waits for the run under way; false where it did not end in time. Not to be called on an event loop. */
    public boolean awaitEnd(Duration grace) {
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

    /** How long ago a run ended, well or not, or the task was made. From any thread. */
    public Duration sinceLastEnd() {
        return Duration.ofNanos(System.nanoTime() - lastEndNanos);
    }

    private void runUnlessRunning() {
        cancelTimer();
        if (running || stopped) {
            return;
        }
        running = true;
        runAgain = false;
        wantedNanos = null;
        latest = new CompletableFuture<>();
        try {
            Uni.createFrom()
                    .deferred(run::get)
                    .ifNoItem()
                    .after(timeLimit)
                    .fail()
                    .emitOn(command -> context.runOnContext(turn -> command.run()))
                    .subscribe()
                    .with(this::succeeded, this::failed);
        } catch (RuntimeException | Error e) {
            // The library can fail before the run begins: it sets itself up with the first use in a process.
            failed(e);
        }
    }

    private void succeeded(Duration pause) {
        if (failures > 0) {
            LOG.infof("can %s again", duty);
        }
        failures = 0;
        tell(onSuccess);
        Duration planned = jitter ? Backoff.jittered(pause) : pause;
        Duration wanted = wantedNanos == null ? planned : untilMillisCeil(wantedNanos);
        ended(runAgain ? Duration.ZERO : wanted.compareTo(planned) < 0 ? wanted : planned);
    }

    private void failed(Throwable failure) {
        if (failures == 0 && !stopped) {
            LOG.warnf("cannot %s, will keep trying: %s", duty, failure);
        }
        failures = Math.min(failures + 1, Integer.MAX_VALUE - 1);
        tell(() -> onFailure.accept(failure));
        Duration pause = pauseAfterFailures.apply(failures);
        ended(pause.toMillis() < 1 ? Duration.ofMillis(1) : pause);
    }

    private void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "what is to be done after each attempt to %s failed", duty);
        }
    }

    private void ended(Duration pause) {
        running = false;
        lastEndNanos = System.nanoTime();
        latest.complete(null);
        plan(pause);
    }

    private void plan(Duration pause) {
        cancelTimer();
        if (stopped) {
            return;
        }
        if (pause.toMillis() < 1) {
            context.runOnContext(turn -> runUnlessRunning());
        } else {
            plannedNanos = System.nanoTime() + pause.toNanos();
            timer = context.owner().setTimer(pause.toMillis(), id -> context.runOnContext(turn -> runUnlessRunning()));
        }
    }

    private void cancelTimer() {
        context.owner().cancelTimer(timer);
        timer = -1;
    }
}
