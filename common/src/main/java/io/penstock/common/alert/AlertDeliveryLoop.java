package io.penstock.common.alert;

import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.loop.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.function.Supplier;

/** Calls the delivery at its times, in every process that is to deliver, never twice at once in one process. */
@ApplicationScoped
class AlertDeliveryLoop {

    private static final Duration TIME_LIMIT = Duration.ofMinutes(1);
    private static final Duration FORGET_EVERY = Duration.ofHours(1);

    private final AlertConfig config;
    private final PeriodicTask sending;
    private final PeriodicTask forgetting;

    @Inject
    AlertDeliveryLoop(Vertx vertx, AlertDelivery delivery, AlertConfig config) {
        this.config = config;
        this.sending = task(vertx, "send alerts", config.interval(), delivery::runOnce);
        this.forgetting = task(vertx, "forget old alerts", FORGET_EVERY, delivery::forget);
    }

    /** Alerts wait in PostgreSQL, so that a failure only delays them. */
    private static PeriodicTask task(Vertx vertx, String duty, Duration period, Supplier<? extends Uni<?>> run) {
        return PeriodicTask.task(EventLoopContext.background(vertx), duty, PeriodicTask.every(period, run))
                .timeLimit(TIME_LIMIT)
                .pauseAfterFailures(failures -> Backoff.jittered(period))
                .build();
    }

    void start(@Observes StartupEvent event) {
        if (config.deliver()) {
            sending.startAfter(config.interval());
            forgetting.startAfter(FORGET_EVERY);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        sending.stop();
        forgetting.stop();
    }
}
