package io.penstock.common.operations;

import io.penstock.common.queue.JobAdmin;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Operations from before operations were batches. They can be looked at as long as they are kept; one that runs is gone on with as a
 * batch by the first worker that meets its job, and workers of both kinds may run side by side: whoever has not seen that stops at its
 * next page.
 */
@ApplicationScoped
class EarlierBulkOperations {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String FIND = "SELECT * FROM bulk_operation WHERE id = $1";

    private static final String LIST =
            """
            SELECT * FROM bulk_operation WHERE created_at < $1 AND continued_as IS NULL
            ORDER BY created_at DESC, id DESC LIMIT $2
            """;

    private static final String ABORT =
            """
            UPDATE bulk_operation SET state = 'aborted', updated_at = now(), finished_at = now()
            WHERE id = $1 AND state = 'running' RETURNING *
            """;

    /** A worker that does not know of this finds the operation ended. */
    private static final String CONTINUE =
            """
            UPDATE bulk_operation SET state = 'aborted', error = 'goes on as batch ' || $2::uuid, continued_as = $2,
                updated_at = now(), finished_at = now()
            WHERE id = $1 AND state = 'running' RETURNING id
            """;

    private final Pool pool;

    @Inject
    EarlierBulkOperations(Pool pool) {
        this.pool = pool;
    }

    /**
     * An operation as it was left.
     *
     * @param position where it was; empty: at the first job
     * @param continuedAs the batch that goes on with it; null: none does
     */
    record Earlier(BulkOperation operation, Optional<BulkScan.Position> position, @Nullable UUID continuedAs) {}

    Uni<Optional<Earlier>> find(UUID id) {
        return query(FIND, Tuple.of(id)).map(EarlierBulkOperations::first);
    }

    /** The latest first. */
    Uni<List<BulkOperation>> list(Instant before, int limit) {
        return query(LIST, Tuple.of(before.atOffset(ZoneOffset.UTC), limit))
                .map(rows -> rows.stream().map(row -> earlier(row).operation()).toList());
    }

    /** Empty: it had ended, or is a batch by now. */
    Uni<Optional<BulkOperation>> abort(UUID id) {
        return query(ABORT, Tuple.of(id)).map(rows -> first(rows).map(Earlier::operation));
    }

    /** Within the transaction that makes the batch. Fails where another worker, or an abort, was quicker. */
    Uni<Void> continueAs(SqlConnection transaction, UUID id, UUID batch) {
        return transaction
                .preparedQuery(CONTINUE)
                .execute(Tuple.of(id, batch))
                .invoke(rows -> {
                    if (rows.size() == 0) {
                        throw new OvertakenException(id);
                    }
                })
                .replaceWithVoid();
    }

    /** The job that meets it looks again. */
    static final class OvertakenException extends RuntimeException {

        OvertakenException(UUID id) {
            super("the bulk operation " + id + " was ended or continued meanwhile");
        }
    }

    private Uni<RowSet<Row>> query(String sql, Tuple parameters) {
        return pool.preparedQuery(sql)
                .execute(parameters)
                .ifNoItem()
                .after(DEADLINE)
                .failWith(() -> new ConnectException("PostgreSQL gave no answer within " + DEADLINE));
    }

    private static Optional<Earlier> first(RowSet<Row> rows) {
        return rows.iterator().hasNext() ? Optional.of(earlier(rows.iterator().next())) : Optional.empty();
    }

    private static Earlier earlier(Row row) {
        OffsetDateTime finishedAt = row.getOffsetDateTime("finished_at");
        JsonObject position = row.getJsonObject("position");
        BulkOperation operation = new BulkOperation(
                row.getUUID("id"),
                BulkAction.of(row.getString("action")).orElseThrow(),
                row.getJsonObject("filter").mapTo(BulkFilter.class),
                JobAdmin.Children.of(row.getString("children")).orElseThrow(),
                row.getOffsetDateTime("frozen_at").toInstant(),
                BulkOperation.State.of(row.getString("state")),
                new BulkOperation.Progress(
                        row.getLong("looked_at"), row.getLong("done"), row.getLong("skipped"), row.getLong("failed")),
                row.getString("asked_by"),
                row.getString("asked_by_name"),
                row.getString("error"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant(),
                finishedAt == null ? null : finishedAt.toInstant());
        return new Earlier(
                operation,
                Optional.ofNullable(position).map(at -> at.mapTo(BulkScan.Position.class)),
                row.getUUID("continued_as"));
    }
}
