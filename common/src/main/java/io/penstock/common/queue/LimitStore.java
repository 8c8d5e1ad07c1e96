package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/** What operators have decided of the queues' limits, in PostgreSQL: it must outlive a Redis that loses what it held. */
@ApplicationScoped
public class LimitStore {

    private static final Logger LOG = Logger.getLogger(LimitStore.class);

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String ALL =
            """
            SELECT v.version, l.queue, l.override FROM queue_limits_version v LEFT JOIN queue_limits l ON true
            """;

    /** Whoever changes something waits here for the others; time, so that a version of a former database is no newer. */
    private static final String NEXT_VERSION =
            """
            UPDATE queue_limits_version
            SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
            RETURNING version, clock_timestamp() AS now
            """;

    private static final String BEFORE = "SELECT override FROM queue_limits WHERE queue = $1";

    private static final String CHANGE =
            """
            INSERT INTO queue_limits (queue, override) VALUES ($1, $2)
            ON CONFLICT (queue) DO UPDATE SET override = excluded.override
            """;

    private final Pool pool;

    /**
     * One change.
     *
     * @param before what held until then
     */
    public record Change(QueueLimits before, LimitOverride after) {}

    public LimitStore(Pool pool) {
        this.pool = pool;
    }

    public Uni<LimitOverrides> all() {
        return pool.query(ALL).execute().ifNoItem().after(DEADLINE).fail().map(LimitStore::overrides);
    }

    /** Of two at once the last one wins, and is told of what the first has done. {@link QueueLimitsSync} takes it to all processes. */
    public Uni<Change> change(String queue, QueueLimits limits, String by) {
        return pool.withTransaction(connection -> connection
                        .query(NEXT_VERSION)
                        .execute()
                        .map(rows -> new LimitOverride(limits, by, now(rows)))
                        .chain(after -> before(connection, queue)
                                .call(before -> connection
                                        .preparedQuery(CHANGE)
                                        .execute(Tuple.of(queue, LimitOverrideCodec.encode(after))))
                                .map(before -> new Change(before, after))))
                .ifNoItem()
                .after(DEADLINE)
                .fail();
    }

    private static Uni<QueueLimits> before(SqlConnection connection, String queue) {
        return connection
                .preparedQuery(BEFORE)
                .execute(Tuple.of(queue))
                .map(rows -> rows.size() == 0
                        ? QueueLimits.NONE
                        : LimitOverrideCodec.decode(rows.iterator().next().getString("override"))
                                .map(LimitOverride::limits)
                                .orElse(QueueLimits.NONE));
    }

    private static Instant now(RowSet<Row> rows) {
        // As it is stored.
        return rows.iterator().next().getOffsetDateTime("now").toInstant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static LimitOverrides overrides(RowSet<Row> rows) {
        long version = 0;
        Map<String, LimitOverride> byQueue = new HashMap<>();
        for (Row row : rows) {
            version = row.getLong("version");
            String queue = row.getString("queue");
            if (queue != null) {
                LimitOverrideCodec.decode(row.getString("override"))
                        .ifPresentOrElse(
                                override -> byQueue.put(queue, override),
                                () -> LOG.warnf(
                                        "limits of queue %s were stored by a newer release; here the configured ones hold",
                                        queue));
            }
        }
        return new LimitOverrides(version, byQueue);
    }
}
