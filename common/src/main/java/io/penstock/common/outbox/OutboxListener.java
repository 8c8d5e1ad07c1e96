package io.penstock.common.outbox;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.pgclient.PgConnection;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Hears of commits, on a connection of its own. In a large deployment a commit must not wake every relay, so there are
 * {@link #SEATS} seats for listeners, advisory locks of their connections; whoever has none tries again with each turn.
 * A relay that hears nothing still sweeps.
 */
final class OutboxListener {

    /** Two, so that a listener that hangs costs no latency. */
    private static final int SEATS = 2;

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Logger LOG = Logger.getLogger(OutboxListener.class);

    /** Behind the lanes. */
    private static final String TAKE_SEAT =
            """
            SELECT seat FROM generate_series(1, $2::integer) AS seat WHERE pg_try_advisory_lock($1, 100 + seat) LIMIT 1
            """;

    private final Pool pool;
    private final Runnable heard;
    private final Runnable lost;
    private volatile @Nullable SqlConnection connection;

    /**
     * @param heard called when rows were committed, or may have been while nobody listened
     * @param lost called when the connection has ended
     */
    OutboxListener(Pool pool, Runnable heard, Runnable lost) {
        this.pool = pool;
        this.heard = heard;
        this.lost = lost;
    }

    boolean isListening() {
        return connection != null;
    }

    /** Makes sure that the connection lives, or tries to get a seat. */
    Uni<Void> runOnce() {
        SqlConnection current = connection;
        return current == null ? takeSeat() : check(current);
    }

    private Uni<Void> takeSeat() {
        return pool.getConnection().ifNoItem().after(DEADLINE).fail().chain(candidate -> takeSeat(candidate));
    }

    private Uni<Void> takeSeat(SqlConnection candidate) {
        // A server that is shut down says so to whoever waits; unheard, the client would print it.
        candidate.exceptionHandler(failure -> LOG.debugf("the outbox's listener: %s", failure));
        return candidate
                .preparedQuery(TAKE_SEAT)
                .execute(Tuple.of(OutboxTable.LOCKS, SEATS))
                .chain(seat -> seat.size() == 0 ? candidate.close() : listen(candidate))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .onFailure()
                .call(() -> release(candidate));
    }

    private Uni<Void> listen(SqlConnection candidate) {
        PgConnection.cast(candidate).notificationHandler(notification -> heard.run());
        candidate.closeHandler(() -> ended(candidate));
        return candidate
                .query("LISTEN penstock_outbox")
                .execute()
                .invoke(() -> {
                    connection = candidate;
                    LOG.debug("listens to the outbox");
                    heard.run();
                })
                .replaceWithVoid();
    }

    private Uni<Void> check(SqlConnection current) {
        return current.query("SELECT 1")
                .execute()
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .onFailure()
                .invoke(failure -> ended(current))
                .replaceWithVoid();
    }

    /** A connection that hangs does not go back to the pool: it would hang whoever gets it next. */
    private void ended(SqlConnection former) {
        if (former.equals(connection)) {
            connection = null;
            lost.run();
        }
    }

    /** Gives the seat up. Never fails. */
    Uni<Void> stop() {
        SqlConnection current = connection;
        connection = null;
        return current == null ? Uni.createFrom().voidItem() : release(current);
    }

    private static Uni<Void> release(SqlConnection connection) {
        return connection
                .query("UNLISTEN *; SELECT pg_advisory_unlock_all()")
                .execute()
                .chain(connection::close)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .onFailure()
                .recoverWithNull()
                .replaceWithVoid();
    }
}
