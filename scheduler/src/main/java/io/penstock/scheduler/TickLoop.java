package io.penstock.scheduler;

import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.ScheduleSource;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Owns the timer: brings the declared schedules into the table, then ticks at every full second of PostgreSQL's clock
 * until it is told to stop. Ticks never overlap, and one that hangs is given up, so that the next can do better.
 */
@ApplicationScoped
public class TickLoop {

    /** Behind the full second, so that what is due in it is due when we look. */
    private static final long AFTER_THE_SECOND_MS = 2;

    private static final Logger LOG = Logger.getLogger(TickLoop.class);

    private final Vertx vertx;
    private final Tick tick;
    private final ScheduleClock clock;
    private final ScheduledTaskStore tasks;
    private final FireMeters meters;
    private final SchedulerConfig config;
    private final List<DeclaredSchedule> declared;
    private final Set<String> switchedOff;

    private volatile boolean stopping;
    private volatile boolean declaredOnce;
    private volatile boolean failing;
    private volatile long lastEndNanos = System.nanoTime();
    private volatile CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

    @Inject
    public TickLoop(
            Vertx vertx,
            Tick tick,
            ScheduleClock clock,
            ScheduledTaskStore tasks,
            FireMeters meters,
            SchedulerConfig config,
            ScheduleSwitches switches,
            @Any Instance<ScheduleSource> sources) {
        this.vertx = vertx;
        this.tick = tick;
        this.clock = clock;
        this.tasks = tasks;
        this.meters = meters;
        this.config = config;
        this.declared = collect(sources);
        this.switchedOff = switches.off();
    }

    void start(@Observes StartupEvent event) {
        if (config.enabled()) {
            LOG.infof("scheduler starts with %d declared schedules", declared.size());
            tickAfter(1);
        } else {
            LOG.info("scheduler is switched off (penstock.scheduler.enabled=false)");
        }
    }

    /** Waits for the tick that runs: what it claimed is then enqueued here and needs no recovery elsewhere. */
    void stop(@Observes ShutdownEvent event) {
        stopping = true;
        try {
            running.get(config.stopGrace().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warnf("the last tick did not end in time; another scheduler takes over what it claimed (%s)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long ago a tick ended, well or not; zero where none is expected. */
    Duration sinceLastEnd() {
        return config.enabled() ? Duration.ofNanos(System.nanoTime() - lastEndNanos) : Duration.ZERO;
    }

    private void tickAfter(long delayMs) {
        vertx.setTimer(delayMs, timer -> {
            if (!stopping) {
                runTick();
            }
        });
    }

    private void runTick() {
        long begin = System.nanoTime();
        CompletableFuture<Void> end = new CompletableFuture<>();
        running = end;
        declareOnce()
                .chain(tick::runOnce)
                .ifNoItem()
                .after(config.tickTimeout())
                .fail()
                .subscribe()
                .with(moment -> ended(begin, end, untilNext(moment)), failure -> {
                    failed(failure);
                    ended(begin, end, config.tick().toMillis());
                });
    }

    private void ended(long begin, CompletableFuture<Void> end, long delayMs) {
        lastEndNanos = System.nanoTime();
        meters.ticked(Duration.ofNanos(lastEndNanos - begin));
        end.complete(null);
        if (!stopping) {
            tickAfter(delayMs);
        }
    }

    private long untilNext(Moment moment) {
        if (failing) {
            failing = false;
            LOG.info("scheduler ticks again");
        }
        long period = config.tick().toMillis();
        boolean behind = moment.age().compareTo(config.tick()) >= 0;
        return behind ? 1 : period - moment.now().toEpochMilli() % period + AFTER_THE_SECOND_MS;
    }

    private void failed(Throwable failure) {
        meters.tickFailed();
        if (!failing) {
            failing = true;
            LOG.warnf("tick failed, tried again every %d ms: %s", config.tick().toMillis(), failure);
        }
    }

    private Uni<Void> declareOnce() {
        if (declaredOnce) {
            return Uni.createFrom().voidItem();
        }
        return clock.now()
                .chain(now -> tasks.declare(declared, switchedOff, now))
                .invoke(() -> declaredOnce = true);
    }

    private static List<DeclaredSchedule> collect(Iterable<ScheduleSource> sources) {
        List<DeclaredSchedule> schedules = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (ScheduleSource source : sources) {
            for (DeclaredSchedule schedule : source.schedules()) {
                if (!ids.add(schedule.id())) {
                    throw new IllegalStateException("two schedules are declared as '" + schedule.id() + "'");
                }
                schedules.add(schedule);
            }
        }
        return List.copyOf(schedules);
    }
}
