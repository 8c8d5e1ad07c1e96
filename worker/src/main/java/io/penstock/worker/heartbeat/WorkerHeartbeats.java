package io.penstock.worker.heartbeat;

import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.workers.WorkerBoard;
import io.penstock.common.workers.WorkerOrder;
import io.penstock.common.workers.WorkerProfile;
import io.penstock.common.workers.WorkerState;
import io.penstock.worker.history.HistoryBuffer;
import io.penstock.worker.run.QueueWorker;
import io.penstock.worker.run.Worker;
import io.penstock.worker.run.WorkerConfig;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Says every two seconds or so that this process lives, how it is and what it has done, and hears in the answer what an
 * operator wants of it. Figures of a heartbeat that was not answered go with the next one: some may count twice, none is
 * lost while the process lives.
 */
@ApplicationScoped
class WorkerHeartbeats {

    private static final Logger LOG = Logger.getLogger(WorkerHeartbeats.class);

    private static final Duration FAREWELL = Duration.ofSeconds(1);

    /** What an order leads to. */
    interface Obedience {

        void quiet();

        void resume();

        void stop();
    }

    private final Worker worker;
    private final WorkerBoard board;
    private final FiguresCollector figures;
    private final HistoryBuffer history;
    private final PeriodicTask task;
    private final String version;
    private final Obedience obedience;
    private final InstantSource clock = InstantSource.system();

    private final Instant startedAt = clock.instant();
    private volatile String activity = WorkerState.RUNNING;
    private volatile Optional<WorkerProfile> profile = Optional.empty();
    private boolean profileNeeded = true;
    private boolean first = true;
    private long clockOffMs;
    private Map<String, Long> unsent = Map.of();

    @Inject
    WorkerHeartbeats(
            Worker worker,
            WorkerBoard board,
            FiguresCollector figures,
            HistoryBuffer history,
            WorkerConfig config,
            Vertx vertx,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown") String version) {
        this(worker, board, figures, history, config.heartbeatInterval(), vertx, version, new Obedience() {
            @Override
            public void quiet() {
                worker.quiet();
            }

            @Override
            public void resume() {
                worker.resume();
            }

            @Override
            public void stop() {
                Quarkus.asyncExit();
            }
        });
    }

    WorkerHeartbeats(
            Worker worker,
            WorkerBoard board,
            FiguresCollector figures,
            HistoryBuffer history,
            Duration interval,
            Vertx vertx,
            String version,
            Obedience obedience) {
        this.worker = worker;
        this.board = board;
        this.figures = figures;
        this.history = history;
        this.version = version;
        this.obedience = obedience;
        this.task = PeriodicTask.task(vertx, "show that this worker lives", PeriodicTask.every(interval, this::runOnce))
                .timeLimit(Duration.ofSeconds(10))
                .pauseAfterFailures(failures -> Backoff.jittered(interval))
                .build();
    }

    /** Behind the start of the worker, which says what it serves. */
    void start(@Observes @Priority(Integer.MAX_VALUE) StartupEvent event) {
        profile = Optional.of(worker.profile(host(), address(), version, startedAt));
        task.start();
    }

    /** Before the worker drains. */
    void drain(@Observes @Priority(1) ShutdownEvent event) {
        activity = WorkerState.STOPPING;
        task.runSoon();
    }

    /** Behind it. */
    void leave(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
        task.stop();
        task.awaitEnd(FAREWELL);
        try {
            board.leave(worker.id()).await().atMost(FAREWELL);
        } catch (RuntimeException e) {
            LOG.debugf("the board of workers will notice by silence: %s", e.getMessage());
        }
    }

    /** One heartbeat. */
    Uni<Void> runOnce() {
        return state().chain(this::beat).invoke(this::heard).replaceWithVoid();
    }

    private Uni<WorkerBoard.Answer> beat(WorkerState state) {
        Map<String, Long> taken = new HashMap<>(unsent);
        figures.take().forEach((name, count) -> taken.merge(name, count, Long::sum));
        unsent = taken;
        return board.beat(worker.id(), profileNeeded ? profile : Optional.empty(), first, state, taken);
    }

    private void heard(WorkerBoard.Answer answer) {
        unsent = Map.of();
        first = false;
        profileNeeded = answer.profileNeeded();
        clockOffMs = Duration.between(answer.now(), clock.instant()).toMillis();
        answer.order().ifPresent(this::obey);
        if (profileNeeded) {
            task.runSoon();
        }
    }

    private void obey(WorkerOrder order) {
        if (activity.equals(WorkerState.STOPPING)) {
            return;
        }
        switch (order) {
            case QUIET -> become(WorkerState.QUIET, "claims nothing more", obedience::quiet);
            case RESUME -> become(WorkerState.RUNNING, "claims again", obedience::resume);
            case STOP -> become(WorkerState.STOPPING, "stops", obedience::stop);
        }
    }

    private void become(String next, String what, Runnable action) {
        if (!activity.equals(next)) {
            LOG.infof("worker %s %s: an operator wants it so", worker.id(), what);
            activity = next;
            action.run();
            // So that whoever asked for it sees it at once.
            task.runSoon();
        }
    }

    private Uni<WorkerState> state() {
        List<QueueWorker> queues = worker.queues();
        List<WorkerState.Load> running = new ArrayList<>();
        List<Uni<List<WorkerState.Job>>> jobs = new ArrayList<>();
        for (QueueWorker queue : queues) {
            int count = queue.running();
            if (count > 0) {
                running.add(new WorkerState.Load(queue.queue(), count));
                jobs.add(queue.jobs(WorkerState.MOST_JOBS));
            }
        }
        Uni<List<List<WorkerState.Job>>> all = jobs.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join().all(jobs).andFailFast();
        Runtime memory = Runtime.getRuntime();
        return all.map(found -> new WorkerState(
                activity,
                memory.totalMemory() - memory.freeMemory(),
                memory.maxMemory(),
                clockOffMs,
                history.lag(clock.instant()).toMillis(),
                running,
                found.stream()
                        .flatMap(List::stream)
                        .sorted(Comparator.comparingLong(WorkerState.Job::startedMs))
                        .limit(WorkerState.MOST_JOBS)
                        .toList()));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private static String address() {
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
