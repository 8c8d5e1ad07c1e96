package io.penstock.worker.history;

import io.penstock.common.history.HistoryConfig;
import io.penstock.common.history.HistoryPartitions;
import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Makes the days of the history before they begin and drops them when they are too old. Every worker does it; who comes
 * second finds nothing to do.
 */
@ApplicationScoped
public class HistoryKeeper {

    private static final Logger LOG = Logger.getLogger(HistoryKeeper.class);

    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
    /** All statements of one run together. */
    private static final Duration TIME_LIMIT = Duration.ofMinutes(2);

    private final HistoryPartitions partitions;
    private final int daysAhead;
    private final int daysKept;
    private final InstantSource clock;
    private final PeriodicTask task;

    @Inject
    public HistoryKeeper(Vertx vertx, HistoryPartitions partitions, HistoryConfig config) {
        this(
                vertx,
                partitions,
                config.daysAhead(),
                config.retention(),
                config.maintenanceInterval(),
                InstantSource.system());
    }

    HistoryKeeper(
            Vertx vertx,
            HistoryPartitions partitions,
            int daysAhead,
            Duration retention,
            Duration every,
            InstantSource clock) {
        if (retention.toDays() < 1 || daysAhead < 0) {
            throw new IllegalArgumentException(
                    "penstock.history.retention must be at least 1 day and days-ahead at least 0");
        }
        this.partitions = partitions;
        this.daysAhead = daysAhead;
        this.daysKept = (int) retention.toDays();
        this.clock = clock;
        this.task = PeriodicTask.task(
                        vertx, "create and drop the days of the history", PeriodicTask.every(every, this::runOnce))
                .timeLimit(TIME_LIMIT)
                .pauseAfterFailures(failures -> Backoff.jittered(AFTER_FAILURE))
                .build();
    }

    void start(@Observes StartupEvent event) {
        task.start();
    }

    void stop(@Observes ShutdownEvent event) {
        task.stop();
    }

    /** Answers with the days that were dropped. */
    Uni<List<LocalDate>> runOnce() {
        LocalDate today = HistoryPartitions.dayOf(clock.instant());
        return partitions
                .ensure(Stream.iterate(today, day -> day.plusDays(1))
                        .limit(daysAhead + 1L)
                        .collect(Collectors.toList()))
                .chain(() -> partitions.dropBefore(today.minusDays(daysKept)))
                .invoke(dropped -> {
                    if (!dropped.isEmpty()) {
                        LOG.infof("history: dropped %s", dropped);
                    }
                });
    }
}
