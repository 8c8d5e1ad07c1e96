package io.penstock.api.problem;

import io.smallrye.mutiny.TimeoutException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.DatabaseException;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/** PostgreSQL did not answer in time or cannot be reached. Carries no stack: an outage brings one per call, all alike. */
public final class DatabaseUnavailableException extends RuntimeException {

    /** What is known of the call. */
    public enum Effect {
        /** Nothing was written: nothing was sent, or the call only reads. */
        NONE,
        /** Something was sent and not answered. */
        UNKNOWN
    }

    private final Effect effect;

    public DatabaseUnavailableException(String message, Effect effect, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.effect = effect;
    }

    public Effect effect() {
        return effect;
    }

    /** True for a failure that says that PostgreSQL is away, rather than that it refused a statement. */
    public static boolean isAway(Throwable failure) {
        // Only stores in PostgreSQL let a deadline through as it is; the queue's are told as QueueUnavailableException.
        return failure instanceof DatabaseUnavailableException
                || failure instanceof TimeoutException
                || failure instanceof ClosedConnectionException
                || failure instanceof ConnectException
                || (failure instanceof DatabaseException e && isAway(e.getSqlState()));
    }

    /** SQLSTATE classes: connection exception, insufficient resources, operator intervention (shutting down). */
    private static boolean isAway(@Nullable String sqlState) {
        return sqlState != null
                && (sqlState.startsWith("08") || sqlState.startsWith("53") || sqlState.startsWith("57P"));
    }
}
