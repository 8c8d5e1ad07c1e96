package io.penstock.api.overview;

import io.penstock.common.figures.FiguresStore;
import io.penstock.common.figures.FiguresWriter;
import io.penstock.common.loop.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the figures of each minute when it is over, and notes since when there are problems. Every process of the API tries;
 * the first one writes.
 */
@ApplicationScoped
class FiguresTask {

    private final FiguresWriter writer;
    private final FiguresStore store;
    private final Overview overview;
    private final PeriodicTask task;
    private final InstantSource clock = InstantSource.system();

    @Inject
    FiguresTask(FiguresWriter writer, FiguresStore store, Overview overview, Vertx vertx) {
        this.writer = writer;
        this.store = store;
        this.overview = overview;
        this.task = PeriodicTask.task(vertx, "write the figures of the queues", this::runOnce)
                .timeLimit(Duration.ofSeconds(30))
                .exact()
                .build();
    }

    void start(@Observes StartupEvent event) {
        task.startAfter(untilNext(clock.instant()));
    }

    void stop(@Observes ShutdownEvent event) {
        task.stop();
    }

    /** Answers with the pause until the next minute is over. */
    Uni<Duration> runOnce() {
        return write(clock.instant()).map(done -> untilNext(clock.instant()));
    }

    Uni<Void> write(Instant now) {
        return writer.write(now)
                .chain(written -> written ? noteProblems(now) : Uni.createFrom().voidItem());
    }

    private Uni<Void> noteProblems(Instant now) {
        return overview.problems().chain(problems -> store.noteProblems(since(problems, now), now));
    }

    private static Map<String, Instant> since(List<Problem> problems, Instant now) {
        Map<String, Instant> since = new HashMap<>();
        problems.forEach(problem -> since.put(problem.id(), problem.since() == null ? now : problem.since()));
        return since;
    }

    private static Duration untilNext(Instant now) {
        Instant next = FiguresWriter.floor(now.minus(FiguresWriter.AFTER), FiguresWriter.MINUTE)
                .plus(FiguresWriter.MINUTE)
                .plus(FiguresWriter.AFTER);
        return Duration.between(now, next);
    }
}
