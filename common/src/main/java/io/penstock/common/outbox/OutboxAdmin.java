package io.penstock.common.outbox;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The outbox as operators see it: how far behind it is, and the rows that were deadLetters. */
@ApplicationScoped
public class OutboxAdmin {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final String REFUSED =
            """
            SELECT id, left(job_id, 200) AS job_id, left(type, 200) AS type, left(payload::text, 1000) AS payload,
                left(options::text, 1000) AS options, left(ordering_key, 200) AS ordering_key, reason, created_at,
                refused_at
            FROM job_outbox_refused WHERE id > $1 ORDER BY id LIMIT $2
            """;

    /** A new row with a new number: the old one may have been seen by a relay that is held up. */
    private static final String RETRY =
            """
            WITH back AS (DELETE FROM job_outbox_refused WHERE id = $1 RETURNING *)
            INSERT INTO job_outbox (job_id, type, queue, payload, payload_version, options, ordering_key, format)
            SELECT job_id, type, queue, payload, payload_version, options, ordering_key, format FROM back
            RETURNING left(job_id, 200) AS job_id
            """;

    private static final String DELETE = "DELETE FROM job_outbox_refused WHERE id = $1";

    private final Pool pool;
    private final OutboxTable table;

    @Inject
    public OutboxAdmin(Pool pool, OutboxTable table) {
        this.pool = pool;
        this.table = table;
    }

    public Uni<OutboxStatus> status() {
        return table.status().ifNoItem().after(DEADLINE).fail();
    }

    /**
     * Refused rows in the order of their numbers.
     *
     * @param after only those behind this number; 0: from the first
     */
    public Uni<List<DeadLetter>> deadLetters(long after, int limit) {
        return execute(REFUSED, Tuple.of(after, limit))
                .map(rows -> rows.stream().map(OutboxAdmin::deadLetter).toList());
    }

    /** Puts a refused row behind all others, to be looked at again. Answers with its job's id; empty: no such row. */
    public Uni<Optional<String>> retry(long id) {
        return execute(RETRY, Tuple.of(id))
                .map(rows -> rows.stream().map(row -> row.getString("job_id")).findFirst());
    }

    /** Drops a refused row. Answers with false where there is none. */
    public Uni<Boolean> delete(long id) {
        return execute(DELETE, Tuple.of(id)).map(rows -> rows.rowCount() > 0);
    }

    private Uni<RowSet<Row>> execute(String statement, Tuple parameters) {
        return pool.preparedQuery(statement)
                .execute(parameters)
                .ifNoItem()
                .after(DEADLINE)
                .fail();
    }

    private static DeadLetter deadLetter(Row row) {
        return new DeadLetter(
                row.getLong("id"),
                row.getString("job_id"),
                row.getString("type"),
                row.getString("payload"),
                row.getString("options"),
                row.getString("ordering_key"),
                row.getString("reason"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("refused_at").toInstant());
    }
}
