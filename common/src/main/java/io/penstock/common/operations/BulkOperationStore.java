package io.penstock.common.operations;

import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table of bulk operations. A chunk is saved only if nobody else went on from the same position. */
@ApplicationScoped
public class BulkOperationStore {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String ADD =
            """
            INSERT INTO bulk_operation (id, action, filter, frozen_at, asked_by, asked_by_name)
            VALUES ($1, $2, $3, $4, $5, $6) RETURNING *
            """;

    private static final String FIND = "SELECT * FROM bulk_operation WHERE id = $1";

    private static final String LIST =
            "SELECT * FROM bulk_operation WHERE created_at < $1 ORDER BY created_at DESC, id DESC LIMIT $2";

    private static final String SAVE_CHUNK =
            """
            UPDATE bulk_operation SET
                looked_at = looked_at + $3, done = done + $4, skipped = skipped + $5, failed = failed + $6,
                position = $7, step = step + 1, updated_at = now(),
                state = CASE WHEN $7::jsonb IS NULL THEN 'completed' ELSE state END,
                finished_at = CASE WHEN $7::jsonb IS NULL THEN now() END
            WHERE id = $1 AND step = $2 AND state = 'running' RETURNING *
            """;

    private static final String END =
            """
            UPDATE bulk_operation SET state = $2, error = $3, updated_at = now(), finished_at = now()
            WHERE id = $1 AND state = 'running' RETURNING *
            """;

    private static final String DELETE = "DELETE FROM bulk_operation WHERE id = $1";

    private static final String FORGET_OLD =
            "DELETE FROM bulk_operation WHERE finished_at < now() - interval '90 days'";

    private final Pool pool;

    @Inject
    public BulkOperationStore(Pool pool) {
        this.pool = pool;
    }

    /** Adds an operation, and forgets those that ended three months ago. */
    Uni<BulkOperation> add(
            BulkAction action, BulkFilter filter, Instant frozenAt, String requestedBy, String requestedByName) {
        Tuple row = Tuple.from(List.of(
                UUID.randomUUID(),
                action.text(),
                JsonObject.mapFrom(filter),
                frozenAt.atOffset(ZoneOffset.UTC),
                requestedBy,
                requestedByName));
        return query(FORGET_OLD, Tuple.tuple())
                .chain(() -> query(ADD, row))
                .map(rows -> operation(rows.iterator().next()));
    }

    public Uni<Optional<BulkOperation>> find(UUID id) {
        return query(FIND, Tuple.of(id)).map(BulkOperationStore::first);
    }

    /** The latest first. */
    public Uni<List<BulkOperation>> list(Instant before, int limit) {
        return query(LIST, Tuple.of(before.atOffset(ZoneOffset.UTC), limit)).map(rows -> {
            List<BulkOperation> found = new ArrayList<>(rows.rowCount());
            rows.forEach(row -> found.add(operation(row)));
            return found;
        });
    }

    /**
     * Notes what a chunk did and where the next one begins.
     *
     * @param next empty: that was the last one
     * @return empty when the operation was aborted, or another worker went on from here
     */
    Uni<Optional<BulkOperation>> saveChunk(
            BulkOperation operation, BulkOperation.Progress chunk, Optional<BulkScan.Position> next) {
        Tuple row = Tuple.tuple()
                .addUUID(operation.id())
                .addLong(operation.step())
                .addLong(chunk.examined())
                .addLong(chunk.done())
                .addLong(chunk.skipped())
                .addLong(chunk.failed())
                .addValue(next.map(JsonObject::mapFrom).orElse(null));
        return query(SAVE_CHUNK, row).map(BulkOperationStore::first);
    }

    /** Ends an operation before its last chunk. Empty: it had ended. */
    Uni<Optional<BulkOperation>> end(UUID id, BulkOperation.State state, @Nullable String error) {
        Tuple row = Tuple.tuple().addUUID(id).addString(state.text()).addString(error);
        return query(END, row).map(BulkOperationStore::first);
    }

    Uni<Void> delete(UUID id) {
        return query(DELETE, Tuple.of(id)).replaceWithVoid();
    }

    private Uni<RowSet<Row>> query(String sql, Tuple parameters) {
        return pool.preparedQuery(sql)
                .execute(parameters)
                .ifNoItem()
                .after(DEADLINE)
                .failWith(() -> new ConnectException("PostgreSQL gave no answer within " + DEADLINE));
    }

    private static Optional<BulkOperation> first(RowSet<Row> rows) {
        return rows.iterator().hasNext() ? Optional.of(operation(rows.iterator().next())) : Optional.empty();
    }

    private static BulkOperation operation(Row row) {
        OffsetDateTime finishedAt = row.getOffsetDateTime("finished_at");
        return new BulkOperation(
                row.getUUID("id"),
                BulkAction.of(row.getString("action")).orElseThrow(),
                row.getJsonObject("filter").mapTo(BulkFilter.class),
                row.getOffsetDateTime("frozen_at").toInstant(),
                BulkOperation.State.of(row.getString("state")),
                new BulkOperation.Progress(
                        row.getLong("looked_at"), row.getLong("done"), row.getLong("skipped"), row.getLong("failed")),
                Optional.ofNullable(row.getJsonObject("position"))
                        .map(position -> position.mapTo(BulkScan.Position.class)),
                row.getLong("step"),
                row.getString("asked_by"),
                row.getString("asked_by_name"),
                row.getString("error"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant(),
                finishedAt == null ? null : finishedAt.toInstant());
    }
}
