package io.penstock.scheduler;

import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Owns the loops of this process: the tick, at every full second of PostgreSQL's clock, and beside it the follower of
 * runs and the retention of the log. The first tick brings the declared schedules into the table.
 */
@ApplicationScoped
public class Scheduler {

    /** Behind the full second, so that what is due in it is due when we look. */
    private static final long AFTER_THE_SECOND_MS = 2;

    private static final Duration FOLLOW_PAUSE = Duration.ofSeconds(1);
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    /** Where more runs wait to be followed: a fifth of the time at most, so that a flood of them leaves the tick its own. */
    private static final int PAUSE_PER_WORK = 4;

    private static final Duration WATCH_PAUSE = Duration.ofSeconds(1);
    private static final Duration RETENTION_PAUSE = Duration.ofHours(1);
    private static final Duration RETENTION_PIECES = Duration.ofSeconds(1);
    private static final Duration RETRY_RETENTION = Duration.ofMinutes(1);
    private static final Logger LOG = Logger.getLogger(Scheduler.class);

    private final SchedulerPass tick;
    private final ScheduleClock clock;
    private final ScheduledTaskStore tasks;
    private final FireMeters meters;
    private final SchedulerConfig config;
    private final DeclaredSchedules declared;
    private final PeriodicTask ticks;
    private final List<PeriodicTask> loops;
    /** Those that never pause for long, by name. */
    private final Map<String, PeriodicTask> brisk;

    private volatile boolean declaredOnce;

    @Inject
    public Scheduler(
            Vertx vertx,
            SchedulerPass tick,
            RunFollower follower,
            LogRetention retention,
            MisfireAlerts watch,
            ScheduleClock clock,
            ScheduledTaskStore tasks,
            FireMeters meters,
            SchedulerConfig config,
            DeclaredSchedules declared) {
        this.tick = tick;
        this.clock = clock;
        this.tasks = tasks;
        this.meters = meters;
        this.config = config;
        this.declared = declared;
        this.ticks = loop(vertx, "run due schedules", this::tickOnce, config.tick(), meters::tickFailed);
        PeriodicTask follow =
                loop(vertx, "follow runs to their end", () -> follow(follower), FOLLOW_PAUSE, meters::followFailed);
        PeriodicTask forget = loop(
                vertx,
                "drop old runs from the log",
                () -> retention.runOnce().map(more -> more ? RETENTION_PIECES : RETENTION_PAUSE),
                RETRY_RETENTION,
                () -> {});
        PeriodicTask alert = loop(
                vertx, "report to the alerts", PeriodicTask.every(WATCH_PAUSE, watch::runOnce), WATCH_PAUSE, () -> {});
        this.loops = List.of(ticks, follow, forget, alert);
        this.brisk = Map.of("tick", ticks, "following runs", follow, "reporting to the alerts", alert);
    }

    /** Exact pauses: the tick aims at full seconds, and there are few schedulers. */
    private PeriodicTask loop(
            Vertx vertx, String duty, Supplier<Uni<Duration>> run, Duration pauseAfterFailure, Runnable onFailure) {
        return PeriodicTask.task(vertx, duty, run)
                .timeLimit(config.tickTimeout())
                .pauseAfterFailures(failures -> pauseAfterFailure)
                .exact()
                .onFailure(failure -> onFailure.run())
                .build();
    }

    void start(@Observes StartupEvent event) {
        if (config.enabled()) {
            LOG.infof(
                    "scheduler starts with %d declared schedules",
                    declared.all().size());
            loops.forEach(PeriodicTask::start);
        } else {
            LOG.info("scheduler is switched off (penstock.scheduler.enabled=false)");
        }
    }

    /** Waits for the tick that runs: what it claimed is then enqueued here and needs no recovery elsewhere. */
    void stop(@Observes ShutdownEvent event) {
        loops.forEach(PeriodicTask::stop);
        if (!ticks.awaitEnd(config.stopGrace())) {
            LOG.warn("the last tick did not end in time; another scheduler takes over what it claimed");
        }
    }

    /** How long ago a turn of each loop ended that never pauses for long, well or not; empty where none is expected. */
    Map<String, Duration> sinceLastTurns() {
        Map<String, Duration> ages = new TreeMap<>();
        if (config.enabled()) {
            brisk.forEach((name, loop) -> ages.put(name, loop.sinceLastEnd()));
        }
        return ages;
    }

    private Uni<Duration> tickOnce() {
        return declareOnce()
                .chain(tick::runOnce)
                .invoke(moment -> meters.ticked(moment.age()))
                .map(this::untilNext);
    }

    private Duration untilNext(ClockReading moment) {
        if (moment.age().compareTo(config.tick()) >= 0) {
            return AT_ONCE;
        }
        long period = config.tick().toMillis();
        return Duration.ofMillis(period - moment.now().toEpochMilli() % period + AFTER_THE_SECOND_MS);
    }

    private static Uni<Duration> follow(RunFollower follower) {
        long begin = System.nanoTime();
        return follower.runOnce()
                .map(more -> more ? Duration.ofNanos((System.nanoTime() - begin) * PAUSE_PER_WORK) : FOLLOW_PAUSE);
    }

    private Uni<Void> declareOnce() {
        if (declaredOnce) {
            return Uni.createFrom().voidItem();
        }
        return clock.now()
                .chain(now -> tasks.declare(declared.all(), declared.switchedOff(), now))
                .invoke(() -> declaredOnce = true);
    }
}
