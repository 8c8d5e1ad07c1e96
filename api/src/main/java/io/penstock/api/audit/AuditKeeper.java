package io.penstock.api.audit;

import io.penstock.common.audit.AuditStore;
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
import java.time.ZoneOffset;
import java.util.List;
import org.jboss.logging.Logger;

/** Makes the days of the audit before they begin and drops them when they are too old. Every API process does it; the second finds nothing. */
@ApplicationScoped
class AuditKeeper {

    private static final Duration EVERY = Duration.ofHours(6);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
    private static final Duration TIME_LIMIT = Duration.ofMinutes(2);
    private static final Logger LOG = Logger.getLogger(AuditKeeper.class);

    private final AuditStore store;
    private final long daysKept;
    private final InstantSource clock;
    private final PeriodicTask task;

    @Inject
    AuditKeeper(Vertx vertx, AuditStore store, AuditConfig config) {
        this(vertx, store, config.retention(), InstantSource.system());
    }

    AuditKeeper(Vertx vertx, AuditStore store, Duration retention, InstantSource clock) {
        if (retention.toDays() < 1) {
            throw new IllegalArgumentException("penstock.audit.retention must be at least 1 day");
        }
        this.store = store;
        this.daysKept = retention.toDays();
        this.clock = clock;
        this.task = PeriodicTask.task(
                        vertx, "create and drop the days of the audit", PeriodicTask.every(EVERY, this::runOnce))
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
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return store.ensure(List.of(today, today.plusDays(1)))
                .chain(() -> store.dropBefore(today.minusDays(daysKept)))
                .invoke(dropped -> {
                    if (!dropped.isEmpty()) {
                        LOG.infof("audit: dropped %s", dropped);
                    }
                });
    }
}
