package io.penstock.api.security;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code users}. */
@ApplicationScoped
class UserStore {

    /** More users than an operator would look through. */
    static final int MOST_LISTED = 1_000;

    private static final String COLUMNS =
            "id, name, display_name, role, password_hash, disabled, version, created_at, updated_at, last_log_in_at";

    private static final String ADD =
            """
            INSERT INTO users (id, name, display_name, role, password_hash) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (name) DO NOTHING RETURNING\s"""
                    + COLUMNS;

    private static final String LIST = "SELECT " + COLUMNS + " FROM users ORDER BY name LIMIT $1";

    private static final String FIND = "SELECT " + COLUMNS + " FROM users WHERE id = $1";

    private static final String NAMED = "SELECT " + COLUMNS + " FROM users WHERE name = $1";

    /** Null keeps what is. An empty display name takes it away. */
    private static final String CHANGE =
            """
            UPDATE users SET
                role = coalesce($2, role), password_hash = coalesce($3, password_hash),
                display_name = CASE WHEN $4::text IS NULL THEN display_name ELSE nullif($4, '') END,
                disabled = coalesce($5, disabled), updated_at = now(),
                version = version + CASE WHEN $3::text IS NOT NULL OR $2 <> role OR $5 <> disabled THEN 1 ELSE 0 END
            WHERE id = $1 RETURNING\s"""
                    + COLUMNS;

    private static final String RECORD_LOG_IN =
            "UPDATE users SET last_log_in_at = now() WHERE id = $1 AND version = $2 AND NOT disabled";

    private static final String DELETE = "DELETE FROM users WHERE id = $1 RETURNING " + COLUMNS;

    private final Pool pool;

    @Inject
    UserStore(Pool pool) {
        this.pool = pool;
    }

    /**
     * What to change of a user; null keeps what is.
     *
     * @param displayName empty: none any more
     */
    record Change(
            @Nullable Role role,
            @Nullable String passwordHash,
            @Nullable String displayName,
            @Nullable Boolean disabled) {

        static Change ofPassword(String hash) {
            return new Change(null, hash, null, null);
        }
    }

    /** Empty: there is a user of this name. */
    Uni<Optional<User>> add(String name, @Nullable String displayName, Role role, @Nullable String passwordHash) {
        return one(ADD, Tuple.of(UUID.randomUUID(), name, displayName, role.text(), passwordHash));
    }

    Uni<List<User>> list() {
        return query(LIST, Tuple.of(MOST_LISTED))
                .map(rows -> rows.stream().map(UserStore::userOf).toList());
    }

    Uni<Optional<User>> find(UUID id) {
        return one(FIND, Tuple.of(id));
    }

    Uni<Optional<User>> named(String name) {
        return one(NAMED, Tuple.of(name));
    }

    Uni<Optional<User>> change(UUID id, Change change) {
        Role role = change.role();
        return one(
                CHANGE,
                Tuple.of(
                        id,
                        role == null ? null : role.text(),
                        change.passwordHash(),
                        change.displayName(),
                        change.disabled()));
    }

    /** False: the user is not any more what was read, or may no longer log in. */
    Uni<Boolean> recordLogIn(User user) {
        return query(RECORD_LOG_IN, Tuple.of(user.id(), user.version())).map(rows -> rows.rowCount() == 1);
    }

    Uni<Optional<User>> delete(UUID id) {
        return one(DELETE, Tuple.of(id));
    }

    private Uni<Optional<User>> one(String sql, Tuple parameters) {
        return query(sql, parameters).map(rows -> rows.stream().findFirst().map(UserStore::userOf));
    }

    private Uni<RowSet<Row>> query(String sql, Tuple parameters) {
        return pool.preparedQuery(sql).execute(parameters);
    }

    private static User userOf(Row row) {
        OffsetDateTime lastLogIn = row.getOffsetDateTime("last_log_in_at");
        return new User(
                row.getUUID("id"),
                row.getString("name"),
                row.getString("display_name"),
                Role.ofKey(row.getString("role")).orElseThrow(),
                row.getString("password_hash"),
                row.getBoolean("disabled"),
                row.getLong("version"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant(),
                lastLogIn == null ? null : lastLogIn.toInstant());
    }
}
