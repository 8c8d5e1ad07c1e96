package io.penstock.common.alert;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Calls the delivery at its times, in every process that is to deliver, never twice at once in one process. */
@ApplicationScoped
class AlertDeliveryLoop {

    private static final Duration ROUND_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration FORGET_EVERY = Duration.ofHours(1);
    private static final Logger LOG = Logger.getLogger(AlertDeliveryLoop.class);

    private final Vertx vertx;
    private final AlertDelivery delivery;
    private final AlertConfig config;
    private final AtomicBoolean under = new AtomicBoolean();
    private volatile boolean failing;
    private volatile @Nullable Long rounds;
    private volatile @Nullable Long forgetting;

    @Inject
    AlertDeliveryLoop(Vertx vertx, AlertDelivery delivery, AlertConfig config) {
        this.vertx = vertx;
        this.delivery = delivery;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        if (config.deliver()) {
            rounds = vertx.setPeriodic(config.interval().toMillis(), timer -> run(delivery.runOnce()));
            forgetting = vertx.setPeriodic(
                    FORGET_EVERY.toMillis(), timer -> run(delivery.forget().replaceWithVoid()));
        }
    }

    void stop(@Observes ShutdownEvent event) {
        cancel(rounds);
        cancel(forgetting);
    }

    private void cancel(@Nullable Long timer) {
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }

    private void run(Uni<Void> round) {
        if (under.compareAndSet(false, true)) {
            round.ifNoItem()
                    .after(ROUND_TIMEOUT)
                    .fail()
                    .eventually(() -> under.set(false))
                    .subscribe()
                    .with(done -> failing = false, this::failed);
        }
    }

    private void failed(Throwable failure) {
        if (!failing) {
            failing = true;
            LOG.warnf("alerts are not sent until PostgreSQL can be reached: %s", failure.getMessage());
        }
    }
}
