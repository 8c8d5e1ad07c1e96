package io.penstock.common.outbox;

import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.pool.SessionConnections;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Owns the loops of a process that relays: the relay itself, woken by notifications and otherwise by its sweep, the
 * listener, the gauges and the cleaning up of dedup keys.
 */
@ApplicationScoped
public class RelayProcess {

    /** Another relay holds what is left: soon enough to be there when it has gone, rare enough not to disturb it. */
    private static final Duration CONTENDED_PAUSE = Duration.ofMillis(50);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Backoff RECONNECT = Backoff.ofMillis(200, 200);
    private static final Logger LOG = Logger.getLogger(RelayProcess.class);

    private final OutboxRelay relay;
    private final OutboxTable table;
    private final OutboxMeters meters;
    private final OutboxRelayConfig config;
    /** Null: no connection can hear of commits, so that the sweep finds the rows. */
    private final @Nullable OutboxListener listener;

    private final PeriodicTask relaying;
    private final List<PeriodicTask> duties;

    @Inject
    RelayProcess(
            Vertx vertx,
            SessionConnections sessions,
            OutboxRelay relay,
            OutboxTable table,
            DedupCleaner cleaner,
            OutboxMeters meters,
            OutboxRelayConfig config) {
        this(vertx, sessions.pool().orElse(null), relay, table, cleaner, meters, config);
    }

    /** @param pool of connections that keep their session; null where a pooler is between */
    public RelayProcess(
            Vertx vertx,
            @Nullable Pool pool,
            OutboxRelay relay,
            OutboxTable table,
            DedupCleaner cleaner,
            OutboxMeters meters,
            OutboxRelayConfig config) {
        this.relay = relay;
        this.table = table;
        this.meters = meters;
        this.config = config;
        Duration limit = config.acceptWithin().multipliedBy(3);
        relaying = duty(vertx, "relay the outbox", this::relayOnce, limit, config.sweep());
        PeriodicTask measuring = duty(vertx, "measure the outbox", this::measureOnce, limit, config.sweep());
        PeriodicTask cleaning = duty(
                vertx,
                "forget relayed rows",
                PeriodicTask.every(config.cleanupInterval(), cleaner::runOnce),
                limit,
                config.cleanupInterval());
        if (pool == null) {
            listener = null;
            duties = List.of(relaying, measuring, cleaning);
            return;
        }
        Listening hears = new Listening(vertx, pool, relaying, limit, config.sweep());
        listener = hears.listener;
        duties = List.of(relaying, hears.duty, measuring, cleaning);
    }

    /** The listener, and the loop that gives it its turns. */
    private static final class Listening {

        final OutboxListener listener;
        final PeriodicTask duty;

        Listening(Vertx vertx, Pool pool, PeriodicTask relaying, Duration limit, Duration sweep) {
            listener = new OutboxListener(pool, relaying::runSoon, () -> again(vertx));
            duty = duty(
                    vertx, "listen to the outbox", PeriodicTask.every(sweep, () -> listener.runOnce()), limit, sweep);
        }

        /** All relays lose their connections when PostgreSQL restarts; they must not come back all at once. */
        private void again(Vertx vertx) {
            vertx.setTimer(RECONNECT.pause(1).toMillis(), unused -> duty.runSoon());
        }
    }

    private static PeriodicTask duty(
            Vertx vertx, String what, Supplier<Uni<Duration>> run, Duration limit, Duration longestPause) {
        return PeriodicTask.task(EventLoopContext.background(vertx), what, run)
                .timeLimit(limit)
                .backoff(new Backoff(min(FIRST_PAUSE, longestPause), longestPause))
                .build();
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    void onStart(@Observes StartupEvent event) {
        if (config.enabled()) {
            LOG.infof("relays the outbox, sweeps every %d ms", config.sweep().toMillis());
            if (listener == null) {
                LOG.warn("DATABASE_POOLED without DATABASE_DIRECT_URL: rows of the outbox wait for the sweep");
            }
            start();
        }
    }

    void onStop(@Observes ShutdownEvent event) {
        if (config.enabled()) {
            stop();
        }
    }

    /** Called at start where there is a bean container. */
    public void start() {
        check("batch", config.batch() >= 1 && config.batch() <= 1000, "must be between 1 and 1000");
        check(
                "remember",
                config.remember().compareTo(config.acceptWithin().multipliedBy(3)) >= 0,
                "must be at least three times accept-within");
        meters.showGauges();
        duties.forEach(PeriodicTask::start);
    }

    /** Waits for the round that runs: its rows are then gone and need no repetition elsewhere. */
    public void stop() {
        duties.forEach(PeriodicTask::stop);
        if (!relaying.awaitEnd(config.stopGrace())) {
            LOG.warn("the last round of the outbox did not end in time; another relay repeats it");
        }
        OutboxListener heard = listener;
        if (heard != null) {
            heard.stop().await().atMost(config.stopGrace().plusSeconds(5));
        }
    }

    boolean isListening() {
        OutboxListener heard = listener;
        return heard != null && heard.isListening();
    }

    private static void check(String setting, boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException("penstock.outbox.relay." + setting + " " + rule);
        }
    }

    private Uni<Duration> relayOnce() {
        return relay.runOnce().map(round -> {
            if (round.failure() != null) {
                throw new IllegalStateException(
                        "the hand-over was broken off: " + round.failure().getMessage());
            }
            if (round.more()) {
                return Duration.ZERO;
            }
            return round.contended() ? CONTENDED_PAUSE : config.sweep();
        });
    }

    private Uni<Duration> measureOnce() {
        return table.status()
                .invoke(meters::measured)
                .onFailure()
                .invoke(() -> meters.measured(null))
                .replaceWith(config::sweep);
    }
}
