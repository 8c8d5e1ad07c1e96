package io.penstock.common.products;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Digests: one notification of everything that has gathered for a user since the last. Writing one, marking what it tells of, and enqueuing
 * its sending is one transaction, in which nobody else writes one for this user.
 */
@ApplicationScoped
public class Digests {

    /** A digest is due so long before its time: the schedule that asks comes a moment earlier one time, later another. */
    static final Duration EARLY = Duration.ofMinutes(10);

    /** Lines of one digest; the rest is counted, and is in the list of notifications. */
    static final int MOST_LINES = 500;

    private static final String DUE =
            """
            SELECT u.id FROM product_user AS u
            WHERE u.id > $1
                AND EXISTS (SELECT 1 FROM product_notification AS n WHERE n.user_id = u.id AND n.state = 'digest')
                AND (u.digest = 'immediate' OR u.last_digest_at IS NULL OR u.last_digest_at <= CASE u.digest
                    WHEN 'hourly' THEN $2::timestamptz WHEN 'daily' THEN $3::timestamptz ELSE $4::timestamptz END)
            ORDER BY u.id LIMIT $5
            """;

    private static final String TAKE_USER =
            """
            SELECT last_digest_at FROM product_user
            WHERE id = $1 AND (digest = 'immediate' OR last_digest_at IS NULL OR last_digest_at <= CASE digest
                WHEN 'hourly' THEN $2::timestamptz WHEN 'daily' THEN $3::timestamptz ELSE $4::timestamptz END)
            FOR UPDATE
            """;

    private static final String WAITING =
            """
            SELECT id, subject, created_at, count(*) OVER () AS in_all, max(id) OVER () AS latest
            FROM product_notification WHERE user_id = $1 AND state = 'digest' ORDER BY id LIMIT $2
            """;

    /** What is told by a digest that nobody wants is told to nobody. */
    private static final String TOLD =
            """
            UPDATE product_notification SET digest_id = $3, ended_at = now(), state = CASE WHEN $4 = 'off' THEN 'off' ELSE 'sent' END
            WHERE user_id = $1 AND state = 'digest' AND id <= $2
            """;

    private static final String NOTE = "UPDATE product_user SET last_digest_at = $2 WHERE id = $1";

    private final Pool pool;
    private final ProductNotifications notifications;

    @Inject
    public Digests(Pool pool, ProductNotifications notifications) {
        this.pool = pool;
        this.notifications = notifications;
    }

    /** Ids of users whose digest is due, and who have something waiting, in order; also of those who want no digests any more. */
    public Uni<List<Long>> due(Instant now, long after, int most) {
        return pool.preparedQuery(DUE)
                .execute(Tuple.of(
                        after, last(now, Digest.HOURLY), last(now, Digest.DAILY), last(now, Digest.WEEKLY), most))
                .map(rows -> rows.stream().map(row -> row.getLong("id")).toList());
    }

    /** Writes the digest of a user; answers how many notifications it tells of, 0 where it is not due. */
    public Uni<Integer> write(long userId, Instant now) {
        return pool.withTransaction(transaction -> transaction
                .preparedQuery(TAKE_USER)
                .execute(Tuple.of(userId, last(now, Digest.HOURLY), last(now, Digest.DAILY), last(now, Digest.WEEKLY)))
                .chain(user -> user.size() == 0
                        ? Uni.createFrom().item(0)
                        : transaction
                                .preparedQuery(WAITING)
                                .execute(Tuple.of(userId, MOST_LINES))
                                .chain(rows -> rows.size() == 0
                                        ? Uni.createFrom().item(0)
                                        : tell(transaction, userId, rows, now))));
    }

    private Uni<Integer> tell(SqlConnection transaction, long userId, RowSet<Row> rows, Instant now) {
        Row any = rows.iterator().next();
        long latest = any.getLong("latest");
        int inAll = Math.toIntExact(any.getLong("in_all"));
        NewNotification digest = new NewNotification(
                userId,
                "digest:" + userId + ":" + latest,
                "digest",
                null,
                null,
                inAll == 1 ? "1 change of your products" : inAll + " changes of your products",
                body(rows, inAll));
        return notifications
                .write(transaction, digest)
                .chain(added -> added.isEmpty()
                        ? Uni.createFrom().item(0)
                        : transaction
                                .preparedQuery(TOLD)
                                .execute(Tuple.of(
                                        userId,
                                        latest,
                                        added.get().id(),
                                        added.get().state()))
                                .call(() -> transaction
                                        .preparedQuery(NOTE)
                                        .execute(Tuple.of(userId, now.atOffset(ZoneOffset.UTC))))
                                .map(RowSet::rowCount));
    }

    private static String body(RowSet<Row> rows, int inAll) {
        StringBuilder body = new StringBuilder();
        for (Row row : rows) {
            body.append(row.getOffsetDateTime("created_at").toInstant().truncatedTo(ChronoUnit.MINUTES))
                    .append("  ")
                    .append(row.getString("subject"))
                    .append("\n");
        }
        if (inAll > rows.size()) {
            body.append("and ").append(inAll - rows.size()).append(" more\n");
        }
        return body.toString();
    }

    private static OffsetDateTime last(Instant now, Digest digest) {
        return now.minus(digest.every()).plus(EARLY).atOffset(ZoneOffset.UTC);
    }
}
