package io.penstock.api.database;

import io.penstock.common.loop.PeriodicTask;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells the log when PostgreSQL stops answering calls and when it answers again, once each, however many calls notice. While
 * it is away a statement of its own looks whether it is back, so that the end is told also where nobody calls.
 */
@ApplicationScoped
class DatabaseOutage {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);
    private static final Logger LOG = Logger.getLogger(DatabaseOutage.class);

    private final Pool pool;
    private final Vertx vertx;
    private @Nullable PeriodicTask look;
    private long sinceNanos;

    @Inject
    DatabaseOutage(Pool pool, Vertx vertx) {
        this.pool = pool;
        this.vertx = vertx;
    }

    /** A call found it away. */
    synchronized void met(Throwable failure) {
        if (look != null) {
            return;
        }
        sinceNanos = System.nanoTime();
        LOG.warnf(
                "PostgreSQL does not answer: %s. Calls that need it are answered with 503 until it does.",
                failure.getMessage());
        look = PeriodicTask.task(vertx, "look whether PostgreSQL answers", this::look)
                .timeLimit(LONGEST_LOOK.plus(BETWEEN_LOOKS))
                .build();
        look.startAfter(BETWEEN_LOOKS);
    }

    private Uni<Duration> look() {
        return pool.query("SELECT 1")
                .execute()
                .ifNoItem()
                .after(LONGEST_LOOK)
                .fail()
                .invoke(this::over)
                .replaceWith(BETWEEN_LOOKS)
                .onFailure()
                .recoverWithItem(BETWEEN_LOOKS);
    }

    private synchronized void over() {
        if (look != null) {
            look.stop();
            look = null;
            LOG.infof("PostgreSQL answers again after %.1f s", (System.nanoTime() - sinceNanos) / 1e9);
        }
    }

    @PreDestroy
    synchronized void stop() {
        if (look != null) {
            look.stop();
        }
    }
}
