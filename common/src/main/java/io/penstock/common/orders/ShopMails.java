package io.penstock.common.orders;

import io.penstock.common.job.JobOptions;
import io.penstock.common.outbox.Outbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The shop's mails. Each is a row, written in the transaction that is the reason for it, and a job that sends it; a second
 * one about the same thing is left out. So a mail exists exactly if its reason does.
 *
 * <p>Whoever sends one claims it, so that nobody else does meanwhile, and says what became of it. A sender that dies
 * between the two leaves it open whether the server has the mail: it is sent again when the claim has lapsed, under the
 * same {@code Message-ID}.
 */
@ApplicationScoped
public class ShopMails {

    /** Longer than any attempt to send. */
    static final Duration CLAIM = Duration.ofSeconds(45);

    private static final int MAX_FAILURE = 500;

    private static final String ADD =
            """
            INSERT INTO shop_mail (about, recipient, subject, body)
            SELECT m.about, m.recipient, m.subject, m.body
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS m (about, recipient, subject, body)
            ORDER BY m.about
            ON CONFLICT (about) DO NOTHING
            RETURNING id
            """;

    private static final String TAKE =
            """
            UPDATE shop_mail SET claimed_until = clock_timestamp() + $2 * interval '1 second'
            WHERE id = $1 AND state = 'pending' AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
            RETURNING id, about, recipient, subject, body
            """;

    private static final String CLAIM_LEFT =
            """
            SELECT greatest(0, ceil(extract(epoch FROM claimed_until - clock_timestamp()) * 1000))::bigint AS left_ms
            FROM shop_mail WHERE id = $1 AND state = 'pending'
            """;

    private static final String SENT =
            """
            UPDATE shop_mail SET state = 'sent', ended_at = clock_timestamp(), claimed_until = NULL, failure = NULL
            WHERE id = $1 AND state = 'pending'
            """;

    private static final String REFUSED =
            """
            UPDATE shop_mail SET state = 'refused', ended_at = clock_timestamp(), claimed_until = NULL, failure = $2
            WHERE id = $1 AND state = 'pending'
            """;

    private static final String HAND_BACK =
            """
            UPDATE shop_mail SET claimed_until = NULL, failure = $2 WHERE id = $1 AND state = 'pending'
            """;

    private static final String FORGET =
            """
            DELETE FROM shop_mail WHERE id IN (
                SELECT id FROM shop_mail WHERE created_at < $1::timestamptz ORDER BY created_at LIMIT $2)
            """;

    private final Pool pool;
    private final Outbox outbox;

    public ShopMails(Pool pool, Outbox outbox) {
        this.pool = pool;
        this.outbox = outbox;
    }

    /** Writes mails and enqueues their sending; those that exist are left out. Answers how many were written. */
    Uni<Integer> add(SqlConnection transaction, List<NewMail> mails) {
        if (mails.isEmpty()) {
            return Uni.createFrom().item(0);
        }
        return transaction
                .preparedQuery(ADD)
                .execute(Tuple.of(
                        texts(mails, NewMail::about),
                        texts(mails, NewMail::recipient),
                        texts(mails, NewMail::subject),
                        texts(mails, NewMail::body)))
                .map(ShopMails::sendings)
                .call(sendings -> outbox.enqueueAll(transaction, OrdersJobs.SEND_MAIL, sendings))
                .map(List::size);
    }

    private static List<Outbox.Item<SendMail>> sendings(RowSet<Row> rows) {
        List<Outbox.Item<SendMail>> items = new ArrayList<>(rows.size());
        for (Row row : rows) {
            items.add(Outbox.Item.of(new SendMail(row.getLong("id")), JobOptions.DEFAULT));
        }
        return items;
    }

    /** Takes the mail for the caller alone to send; empty where it is not pending or somebody else sends it. */
    public Uni<Optional<ShopMail>> claim(long id) {
        return pool.preparedQuery(TAKE)
                .execute(Tuple.of(id, (double) CLAIM.toSeconds()))
                .map(rows -> rows.stream().map(ShopMails::mail).findFirst());
    }

    /** How long another sender's claim still holds; empty where the mail is not pending any more. */
    public Uni<Optional<Duration>> claimLeft(long id) {
        return pool.preparedQuery(CLAIM_LEFT).execute(Tuple.of(id)).map(rows -> rows.stream()
                .map(row -> {
                    Long left = row.getLong("left_ms");
                    return Duration.ofMillis(left == null ? 0 : left);
                })
                .findFirst());
    }

    public Uni<Void> sent(long id) {
        return pool.preparedQuery(SENT).execute(Tuple.of(id)).replaceWithVoid();
    }

    /** The server will never take it. */
    public Uni<Void> refused(long id, String why) {
        return pool.preparedQuery(REFUSED).execute(Tuple.of(id, cut(why))).replaceWithVoid();
    }

    /** It could not be sent now. */
    public Uni<Void> handBack(long id, String why) {
        return pool.preparedQuery(HAND_BACK).execute(Tuple.of(id, cut(why))).replaceWithVoid();
    }

    /** Drops mails that were written before some time, at most {@code most}; answers how many. */
    public Uni<Integer> forget(Instant before, int most) {
        return pool.preparedQuery(FORGET)
                .execute(Tuple.of(before.atOffset(ZoneOffset.UTC), most))
                .map(RowSet::rowCount);
    }

    private static String cut(String why) {
        String plain = why.replace('\0', ' ');
        return plain.length() <= MAX_FAILURE ? plain : plain.substring(0, MAX_FAILURE);
    }

    private static String[] texts(List<NewMail> mails, Function<NewMail, String> field) {
        return mails.stream().map(field).toArray(String[]::new);
    }

    private static ShopMail mail(Row row) {
        return new ShopMail(
                row.getLong("id"),
                row.getString("about"),
                row.getString("recipient"),
                row.getString("subject"),
                row.getString("body"));
    }
}
