package io.penstock.common.orders;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The uploaded files as PostgreSQL knows them, and which of them nobody needs. A file goes in two phases: what nothing refers
 * to is marked; what has been marked for long enough, and still has nothing that refers to it, loses its row, and then its
 * object. Foreign keys see to it that a reference and a removal exclude each other. The row of a removal stays until the
 * object is gone, so that one that fails is made up for.
 *
 * <p>Keys must not be used again for another upload.
 */
@ApplicationScoped
public class ShopFiles {

    private static final String FOREIGN_KEY_VIOLATION = "23503";
    private static final int RETRIES = 3;

    /** An object of the store. */
    public record StoredObject(String key, Instant modified) {}

    private static final String NO_REFERENCE =
            """
            NOT EXISTS (SELECT FROM shop_user AS u WHERE u.avatar_id = f.id)
              AND NOT EXISTS (SELECT FROM shop_concert AS c WHERE c.poster_id = f.id)
            """;

    private static final String BEGIN =
            """
            INSERT INTO shop_file (object_key, kind, content_type, size) VALUES ($1, $2, $3, $4) RETURNING id
            """;

    private static final String STORED =
            "UPDATE shop_file SET stored_at = clock_timestamp() WHERE id = $1 AND stored_at IS NULL";

    private static final String FIND =
            """
            SELECT f.id, f.object_key, f.kind, f.content_type, f.size, f.uploaded_at, f.stored_at, f.marked_at, NOT (
            """
                    + NO_REFERENCE + ") AS used FROM shop_file AS f WHERE f.id = $1";

    /** Of the file that may be referred to: locked, so that it is not removed meanwhile. */
    private static final String USABLE =
            """
            WITH f AS (
                SELECT id FROM shop_file WHERE id = $1 AND kind = $2 AND stored_at IS NOT NULL FOR KEY SHARE)
            """;

    private static final String MAKE_POSTER =
            USABLE + "UPDATE shop_concert AS c SET poster_id = f.id FROM f WHERE c.id = $3";

    private static final String MAKE_AVATAR = USABLE
            + """
              INSERT INTO shop_user (email, avatar_id) SELECT $3, f.id FROM f
              ON CONFLICT (email) DO UPDATE SET avatar_id = EXCLUDED.avatar_id
              """;

    private static final String LEARN =
            """
            INSERT INTO shop_file (object_key, uploaded_at)
            SELECT o.object_key, o.uploaded_at FROM unnest($1::text[], $2::timestamptz[]) AS o (object_key, uploaded_at)
            WHERE NOT EXISTS (SELECT FROM shop_file_removal AS r WHERE r.object_key = o.object_key)
            ON CONFLICT (object_key) DO NOTHING
            """;

    private static final String SPARE =
            """
            UPDATE shop_file AS f SET marked_at = NULL
            WHERE f.marked_at IS NOT NULL AND NOT (
            """
                    + NO_REFERENCE + ")";

    private static final String MARK =
            """
            UPDATE shop_file SET marked_at = clock_timestamp() WHERE id IN (
                SELECT f.id FROM shop_file AS f
                WHERE f.marked_at IS NULL AND f.uploaded_at < clock_timestamp() - $1 * interval '1 millisecond' AND
            """
                    + NO_REFERENCE + " LIMIT $2)";

    private static final String CONDEMN =
            """
            WITH gone AS (
                DELETE FROM shop_file WHERE id IN (
                    SELECT f.id FROM shop_file AS f
                    WHERE f.marked_at < clock_timestamp() - $1 * interval '1 millisecond' AND
            """
                    + NO_REFERENCE
                    + """
                          ORDER BY f.marked_at LIMIT $2 FOR UPDATE SKIP LOCKED)
                    RETURNING object_key)
                INSERT INTO shop_file_removal (object_key) SELECT object_key FROM gone ON CONFLICT DO NOTHING
                """;

    private static final String REMOVALS =
            "SELECT object_key FROM shop_file_removal WHERE object_key > $1 ORDER BY object_key LIMIT $2";

    private static final String REMOVED = "DELETE FROM shop_file_removal WHERE object_key = ANY ($1)";

    private final Pool pool;

    public ShopFiles(Pool pool) {
        this.pool = pool;
    }

    /** Writes the row of a file whose object comes next. Its key is a new one. */
    Uni<ShopFile> begin(FileKind kind, ImageType type, int size) {
        String key = kind.prefix() + UUID.randomUUID() + "." + type.extension();
        return pool.preparedQuery(BEGIN)
                .execute(Tuple.of(key, kind.wire(), type.mediaType(), (long) size))
                .chain(made -> find(made.iterator().next().getLong("id")))
                .map(Optional::orElseThrow);
    }

    /** Notes that the object is there; empty where the row is not any more. */
    Uni<Optional<ShopFile>> stored(long id) {
        return pool.preparedQuery(STORED).execute(Tuple.of(id)).chain(() -> find(id));
    }

    Uni<Optional<ShopFile>> find(long id) {
        return pool.preparedQuery(FIND)
                .execute(Tuple.of(id))
                .map(rows -> rows.stream().map(ShopFiles::file).findFirst());
    }

    /** False: the file or the concert does not allow it. */
    Uni<Boolean> makePoster(long id, long concertId) {
        return pool.preparedQuery(MAKE_POSTER)
                .execute(Tuple.of(id, FileKind.POSTER.wire(), concertId))
                .map(made -> made.rowCount() == 1);
    }

    /** False: the file does not allow it. A user who is not known becomes one. */
    Uni<Boolean> makeAvatar(long id, String email) {
        return pool.preparedQuery(MAKE_AVATAR)
                .execute(Tuple.of(id, FileKind.AVATAR.wire(), email))
                .map(made -> made.rowCount() == 1);
    }

    private static ShopFile file(Row row) {
        String kind = row.getString("kind");
        OffsetDateTime marked = row.getOffsetDateTime("marked_at");
        return new ShopFile(
                row.getLong("id"),
                row.getString("object_key"),
                kind == null ? null : FileKind.ofWire(kind).orElseThrow(),
                row.getString("content_type"),
                row.getLong("size"),
                row.getOffsetDateTime("uploaded_at").toInstant(),
                row.getOffsetDateTime("stored_at") != null,
                row.getBoolean("used"),
                marked == null ? null : marked.toInstant());
    }

    /** Takes note of objects that the shop does not know of, such as those of uploads that broke off. */
    public Uni<Void> learn(List<StoredObject> objects) {
        return pool.preparedQuery(LEARN)
                .execute(Tuple.of(
                        objects.stream().map(StoredObject::key).toArray(String[]::new),
                        objects.stream()
                                .map(object -> object.modified().atOffset(ZoneOffset.UTC))
                                .toArray(OffsetDateTime[]::new)))
                .replaceWithVoid();
    }

    /** Takes the mark from files that something refers to again. */
    public Uni<Void> spareReferred() {
        return pool.query(SPARE).execute().replaceWithVoid();
    }

    /** Marks files that nothing refers to and that are older than {@code grace}; answers how many. */
    public Uni<Integer> mark(Duration grace, int most) {
        return pool.preparedQuery(MARK)
                .execute(Tuple.of((double) grace.toMillis(), most))
                .map(RowSet::rowCount);
    }

    /** Gives up files that were marked {@code grace} ago and that nothing refers to; answers how many. */
    public Uni<Integer> condemn(Duration grace, int most) {
        // A reference that was made in this very moment fails the statement as a whole: the next try sees it.
        return pool.preparedQuery(CONDEMN)
                .execute(Tuple.of((double) grace.toMillis(), most))
                .onFailure(ShopFiles::isReferred)
                .retry()
                .atMost(RETRIES)
                .map(RowSet::rowCount);
    }

    private static boolean isReferred(Throwable failure) {
        return failure instanceof PgException refused && FOREIGN_KEY_VIOLATION.equals(refused.getSqlState());
    }

    /** Keys of objects that are to be deleted, in their order, behind {@code after}. */
    public Uni<List<String>> removals(String after, int most) {
        return pool.preparedQuery(REMOVALS).execute(Tuple.of(after, most)).map(rows -> rows.stream()
                .map(row -> row.getString("object_key"))
                .toList());
    }

    /** The objects are deleted. */
    public Uni<Void> removed(Collection<String> keys) {
        return pool.preparedQuery(REMOVED)
                .execute(Tuple.of(keys.toArray(String[]::new)))
                .replaceWithVoid();
    }
}
