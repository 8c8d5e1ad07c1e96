package io.penstock.worker.history;

import io.penstock.common.history.HistoryConfig;
import io.penstock.common.history.HistoryPartitions;
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
import java.util.concurrent.ThreadLocalRandom;
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
    /** All statements of one round together. */
    private static final Duration ROUND = Duration.ofMinutes(2);

    private final Vertx vertx;
    private final HistoryPartitions partitions;
    private final int daysAhead;
    private final int daysKept;
    private final Duration every;
    private final InstantSource clock;
    private volatile boolean stopped;
    private volatile boolean failing;

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
        this.vertx = vertx;
        this.partitions = partitions;
        this.daysAhead = daysAhead;
        this.daysKept = (int) retention.toDays();
        this.every = every;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event) {
        after(Duration.ofMillis(1));
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
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

    private void after(Duration pause) {
        // Workers that started together must not all knock at the same instants.
        long jittered = pause.toMillis() - ThreadLocalRandom.current().nextLong(pause.toMillis() / 4 + 1);
        vertx.setTimer(Math.max(1, jittered), timer -> {
            if (!stopped) {
                Uni.createFrom()
                        .deferred(this::runOnce)
                        .ifNoItem()
                        .after(ROUND)
                        .fail()
                        .subscribe()
                        .with(done -> ended(), this::failed);
            }
        });
    }

    private void ended() {
        failing = false;
        after(every);
    }

    private void failed(Throwable failure) {
        if (!failing && !stopped) {
            LOG.warnf("history: its days cannot be tended now, will keep trying: %s", failure);
        }
        failing = true;
        after(AFTER_FAILURE);
    }
}
