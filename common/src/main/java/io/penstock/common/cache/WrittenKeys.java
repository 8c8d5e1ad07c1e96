package io.penstock.common.cache;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * Which writes behind have reached the database last. A write that is tried again after a newer one has succeeded must not
 * undo it.
 */
@ApplicationScoped
public class WrittenKeys {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String IS_NEWER = "SELECT 1 FROM cache_written WHERE key = $1 AND written_at > $2";

    private static final String NOTE =
            """
            INSERT INTO cache_written AS w (key, written_at, noted_at) VALUES ($1, $2, clock_timestamp())
            ON CONFLICT (key) DO UPDATE SET
                written_at = greatest(w.written_at, excluded.written_at), noted_at = excluded.noted_at
            """;

    private static final String FORGET =
            "DELETE FROM cache_written WHERE noted_at < clock_timestamp() - $1 * interval '1 second'";

    private final Pool pool;

    public WrittenKeys(Pool pool) {
        this.pool = pool;
    }

    /** @param writtenAt epoch microseconds */
    Uni<Boolean> isNewer(String key, long writtenAt) {
        return pool.preparedQuery(IS_NEWER)
                .execute(Tuple.of(key, writtenAt))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(rows -> rows.size() > 0);
    }

    Uni<Void> note(String key, long writtenAt) {
        return pool.preparedQuery(NOTE)
                .execute(Tuple.of(key, writtenAt))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }

    /** Drops what was noted before so long: no older write is tried any more by then. */
    public Uni<Void> forget(Duration age) {
        return pool.preparedQuery(FORGET)
                .execute(Tuple.of((double) age.toSeconds()))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }
}
