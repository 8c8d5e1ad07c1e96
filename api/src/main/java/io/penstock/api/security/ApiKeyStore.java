package io.penstock.api.security;

import io.penstock.api.database.DatabaseCalls;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code api_keys}. PostgreSQL's clock decides what has expired, so that all replicas agree. */
@ApplicationScoped
class ApiKeyStore {

    /** More keys than an operator would look through; the newest are shown. */
    static final int MOST_LISTED = 1_000;

    private static final String ADD =
            """
            INSERT INTO api_keys (id, name, key_hash, role, expires_at, queues, tenant)
            VALUES ($1, $2, $3, $4, now() + make_interval(days => $5), $6, $7)
            RETURNING id, name, role, queues, tenant, created_at, expires_at, revoked_at, last_used_at""";

    private static final String FIND_LIVE =
            """
            SELECT id, name, key_hash, role, queues, tenant, created_at, expires_at, revoked_at, last_used_at,
                   (last_used_at IS NULL OR last_used_at < now() - interval '10 minutes') AS use_unrecorded
            FROM api_keys
            WHERE key_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())""";

    private static final String RECORD_USE =
            """
            UPDATE api_keys SET last_used_at = now()
            WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '10 minutes')""";

    private static final String LIST =
            """
            SELECT id, name, role, queues, tenant, created_at, expires_at, revoked_at, last_used_at
            FROM api_keys ORDER BY created_at DESC, id LIMIT $1""";

    private static final String REVOKE =
            """
            UPDATE api_keys SET revoked_at = COALESCE(revoked_at, now()) WHERE id = $1
            RETURNING id, name, role, queues, tenant, created_at, expires_at, revoked_at, last_used_at""";

    private final Pool pool;
    private final DatabaseCalls calls;

    @Inject
    ApiKeyStore(Pool pool, DatabaseCalls calls) {
        this.pool = pool;
        this.calls = calls;
    }

    /** @param expiresInDays null: never */
    Uni<ApiKey> add(String name, Role role, Scope scope, KeyHash hash, @Nullable Integer expiresInDays) {
        Tuple row = Tuple.tuple()
                .addUUID(UUID.randomUUID())
                .addString(name)
                .addValue(Buffer.buffer(hash.bytes()))
                .addString(role.text())
                .addInteger(expiresInDays)
                .addArrayOfString(
                        scope.queues().isEmpty() ? null : scope.queues().toArray(String[]::new))
                .addString(scope.tenant().orElse(null));
        return query(ADD, row).map(rows -> keyOf(rows.iterator().next()));
    }

    /** The key of this hash unless it is revoked or expired. Notes now and then that it was used. Within the deadline of calls. */
    Uni<Optional<ApiKey>> findLive(KeyHash hash) {
        return calls.reading(
                query(FIND_LIVE, Tuple.of(Buffer.buffer(hash.bytes()))).chain(rows -> {
                    if (!rows.iterator().hasNext()) {
                        return Uni.createFrom().item(Optional.empty());
                    }
                    Row row = rows.iterator().next();
                    if (!hash.matches(KeyHash.stored(row.getBuffer("key_hash").getBytes()))) {
                        return Uni.createFrom().item(Optional.empty());
                    }
                    ApiKey key = keyOf(row);
                    return row.getBoolean("use_unrecorded")
                            ? query(RECORD_USE, Tuple.of(key.id())).replaceWith(Optional.of(key))
                            : Uni.createFrom().item(Optional.of(key));
                }));
    }

    /** The newest first, revoked and expired ones included. */
    Uni<List<ApiKey>> list() {
        return query(LIST, Tuple.of(MOST_LISTED)).map(rows -> {
            List<ApiKey> keys = new ArrayList<>(rows.rowCount());
            rows.forEach(row -> keys.add(keyOf(row)));
            return keys;
        });
    }

    /** Ends a key for good; revoking twice keeps the first time. Empty: there is no such key. */
    Uni<Optional<ApiKey>> revoke(UUID id) {
        return query(REVOKE, Tuple.of(id))
                .map(rows -> rows.iterator().hasNext()
                        ? Optional.of(keyOf(rows.iterator().next()))
                        : Optional.empty());
    }

    private Uni<RowSet<Row>> query(String sql, Tuple parameters) {
        return pool.preparedQuery(sql).execute(parameters);
    }

    private static ApiKey keyOf(Row row) {
        return new ApiKey(
                row.getUUID("id"),
                row.getString("name"),
                Role.ofKey(row.getString("role")).orElseThrow(),
                scopeOf(row),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row.getOffsetDateTime("expires_at")),
                instant(row.getOffsetDateTime("revoked_at")),
                instant(row.getOffsetDateTime("last_used_at")));
    }

    private static Scope scopeOf(Row row) {
        String[] queues = row.getArrayOfStrings("queues");
        return new Scope(queues == null ? List.of() : List.of(queues), Optional.ofNullable(row.getString("tenant")));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
