package io.penstock.common.products;

import io.penstock.common.history.StorableText;
import io.penstock.common.job.JobOptions;
import io.penstock.common.outbox.Outbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notifications on their way. Whoever sends one claims it, so that nobody else does meanwhile, and says of each way by itself what became of
 * it, at once. A sender that dies between sending and saying leaves open whether the receiver has it: it is sent again when the claim has
 * lapsed, under the same {@code Message-ID} and delivery id.
 *
 * <p>What the user wants counts at the time of the claim: a mail to one who has unsubscribed meanwhile is not sent.
 */
@ApplicationScoped
public class NotificationSending {

    /** Longer than a job that sends may take. */
    static final Duration CLAIM = Duration.ofSeconds(90);

    private static final int MAX_FAILURE = 300;

    private static final String TAKE =
            """
            WITH taken AS (
                UPDATE product_notification AS n SET
                    claimed_until = clock_timestamp() + $2 * interval '1 second',
                    mail_state = CASE WHEN n.mail_state = 'pending' AND NOT (u.email_on AND u.unsubscribed_at IS NULL)
                        THEN 'off' ELSE n.mail_state END,
                    webhook_state = CASE WHEN n.webhook_state = 'pending' AND u.webhook_url IS NULL
                        THEN 'off' ELSE n.webhook_state END
                FROM product_user AS u
                WHERE n.id = $1 AND u.id = n.user_id AND n.state = 'pending'
                    AND (n.claimed_until IS NULL OR n.claimed_until < clock_timestamp())
                RETURNING n.id, n.kind, n.subject, n.body, n.created_at, n.anomaly_id, n.mail_state, n.mail_tries, n.webhook_state,
                    n.webhook_tries, u.email, u.unsubscribe_token, u.webhook_url, u.webhook_secret)
            SELECT taken.*, a.tracked_id, a.kind AS anomaly_kind, a.before_value, a.after_value, a.change_percent, a.seen_at,
                i.marketplace, i.asin
            FROM taken
            LEFT JOIN product_anomaly AS a ON a.id = taken.anomaly_id
            LEFT JOIN product_item AS i ON i.id = a.item_id
            """;

    private static final String CLAIM_LEFT =
            """
            SELECT greatest(0, ceil(extract(epoch FROM claimed_until - clock_timestamp()) * 1000))::bigint AS left_ms
            FROM product_notification WHERE id = $1 AND state = 'pending'
            """;

    private static final String MAILED =
            """
            UPDATE product_notification SET mail_state = $2, mail_failure = $3, mail_tries = mail_tries + 1,
                mail_sent_at = CASE WHEN $2 = 'sent' THEN clock_timestamp() END
            WHERE id = $1 AND mail_state = 'pending'
            """;

    private static final String POSTED =
            """
            UPDATE product_notification SET webhook_state = $2, webhook_failure = $3, webhook_tries = webhook_tries + 1,
                webhook_sent_at = CASE WHEN $2 = 'sent' THEN clock_timestamp() END
            WHERE id = $1 AND webhook_state = 'pending'
            """;

    private static final String HAND_BACK =
            """
            UPDATE product_notification AS n SET
                claimed_until = NULL,
                next_try_at = CASE WHEN open.more THEN clock_timestamp() + $2 * interval '1 second' END,
                ended_at = CASE WHEN NOT open.more THEN clock_timestamp() END,
                state = CASE WHEN open.more THEN 'pending'
                             WHEN 'sent' IN (n.mail_state, n.webhook_state) THEN 'sent'
                             WHEN 'refused' IN (n.mail_state, n.webhook_state) THEN 'refused' ELSE 'off' END
            FROM (SELECT id, 'pending' IN (mail_state, webhook_state) AS more FROM product_notification WHERE id = $1) AS open
            WHERE n.id = open.id AND n.state = 'pending'
            RETURNING n.state, n.mail_state, n.webhook_state
            """;

    private static final String TAKE_STRAYS =
            """
            UPDATE product_notification SET next_try_at = clock_timestamp() WHERE id IN (
                SELECT id FROM product_notification
                WHERE state = 'pending' AND coalesce(next_try_at, created_at) < clock_timestamp() - $1 * interval '1 second'
                    AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
                ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """;

    private static final String TOLD_BY =
            """
            SELECT id, kind, subject, created_at FROM product_notification WHERE digest_id = $1 ORDER BY id LIMIT $2
            """;

    /** The ways of telling a user. */
    public enum Way {
        MAIL(MAILED),
        WEBHOOK(POSTED);

        private final String statement;

        Way(String statement) {
            this.statement = statement;
        }
    }

    /** What became of one try. */
    public enum Result {
        SENT("sent"),
        /** Not taken now. */
        LATER("pending"),
        /** Not taken, and not tried again. */
        REFUSED("refused");

        private final String state;

        Result(String state) {
            this.state = state;
        }
    }

    /**
     * A notification that the caller alone sends now.
     *
     * @param mail empty: it is not to be mailed, or was; likewise the webhook
     * @param change empty: it is about no change of a product
     */
    public record Claimed(
            long id,
            String kind,
            String subject,
            String body,
            Instant createdAt,
            Optional<Mailbox> mail,
            Optional<Hook> webhook,
            Optional<Change> change) {}

    /**
     * Who is mailed.
     *
     * @param tries before this one
     */
    public record Mailbox(String email, String unsubscribeToken, int tries) {

        /** Without the token. */
        @Override
        public String toString() {
            return "Mailbox[" + email + "]";
        }
    }

    /**
     * Where is posted to.
     *
     * @param tries before this one
     */
    public record Hook(String url, @Nullable String secret, int tries) {

        /** Without what may be secret. */
        @Override
        public String toString() {
            return "Hook[]";
        }
    }

    /** The anomaly that a notification tells of. */
    public record Change(
            long trackedId,
            String marketplace,
            String asin,
            String kind,
            String before,
            String after,
            @Nullable Double changePercent,
            Instant seenAt) {}

    /** One of those that a digest tells of. */
    public record Line(long id, String kind, String subject, Instant createdAt) {}

    /** How a notification stands; each as {@link ProductNotification} has it. */
    public record Standing(String state, String mail, String webhook) {}

    private final Pool pool;
    private final Outbox outbox;

    @Inject
    public NotificationSending(Pool pool, Outbox outbox) {
        this.pool = pool;
        this.outbox = outbox;
    }

    /** Takes the notification for the caller alone to send; empty where it is not pending or somebody else sends it. */
    public Uni<Optional<Claimed>> claim(long id) {
        return pool.preparedQuery(TAKE)
                .execute(Tuple.of(id, (double) CLAIM.toSeconds()))
                .map(rows -> rows.stream().map(NotificationSending::claimed).findFirst());
    }

    /** How long another sender's claim still holds; empty where the notification is not pending any more. */
    public Uni<Optional<Duration>> claimLeft(long id) {
        return pool.preparedQuery(CLAIM_LEFT).execute(Tuple.of(id)).map(rows -> rows.stream()
                .map(row -> {
                    Long left = row.getLong("left_ms");
                    return Duration.ofMillis(left == null ? 0 : left);
                })
                .findFirst());
    }

    /** Notes what became of a try. */
    public Uni<Void> tried(long id, Way way, Result result, @Nullable String why) {
        return pool.preparedQuery(way.statement)
                .execute(Tuple.of(id, result.state, why == null ? null : StorableText.text(why, MAX_FAILURE)))
                .replaceWithVoid();
    }

    /**
     * Gives the claim back. The notification ends where no way is left to be tried.
     *
     * @param nextTry when its job comes again if one is
     */
    public Uni<Standing> handBack(long id, Duration nextTry) {
        return pool.preparedQuery(HAND_BACK)
                .execute(Tuple.of(id, nextTry.toMillis() / 1_000.0))
                .map(rows -> rows.stream()
                        .map(row -> new Standing(
                                row.getString("state"), row.getString("mail_state"), row.getString("webhook_state")))
                        .findFirst()
                        .orElseGet(() -> new Standing("gone", "off", "off")));
    }

    /**
     * Enqueues those anew whose jobs should have come long ago: an outage of the database outlasts the attempts of a job.
     *
     * @return how many
     */
    public Uni<Integer> enqueueStrays(Duration overdue, int most) {
        return pool.withTransaction(transaction -> transaction
                .preparedQuery(TAKE_STRAYS)
                .execute(Tuple.of((double) overdue.toSeconds(), most))
                .map(rows -> {
                    List<Outbox.Item<SendNotification>> jobs = new ArrayList<>();
                    rows.forEach(row ->
                            jobs.add(Outbox.Item.of(new SendNotification(row.getLong("id")), JobOptions.DEFAULT)));
                    return jobs;
                })
                .call(jobs -> jobs.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : outbox.enqueueAll(transaction, ProductJobs.SEND_NOTIFICATION, jobs))
                .map(List::size));
    }

    /** What a digest tells of, in order. */
    public Uni<List<Line>> toldBy(long digestId, int most) {
        return pool.preparedQuery(TOLD_BY).execute(Tuple.of(digestId, most)).map(rows -> rows.stream()
                .map(row -> new Line(
                        row.getLong("id"),
                        row.getString("kind"),
                        row.getString("subject"),
                        row.getOffsetDateTime("created_at").toInstant()))
                .toList());
    }

    private static Claimed claimed(Row row) {
        String url = row.getString("webhook_url");
        return new Claimed(
                row.getLong("id"),
                row.getString("kind"),
                row.getString("subject"),
                row.getString("body"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getString("mail_state").equals("pending")
                        ? Optional.of(new Mailbox(
                                row.getString("email"),
                                row.getString("unsubscribe_token"),
                                row.getInteger("mail_tries")))
                        : Optional.empty(),
                row.getString("webhook_state").equals("pending") && url != null
                        ? Optional.of(new Hook(url, row.getString("webhook_secret"), row.getInteger("webhook_tries")))
                        : Optional.empty(),
                row.getLong("tracked_id") == null ? Optional.empty() : Optional.of(change(row)));
    }

    private static Change change(Row row) {
        return new Change(
                row.getLong("tracked_id"),
                row.getString("marketplace"),
                row.getString("asin"),
                row.getString("anomaly_kind"),
                row.getString("before_value"),
                row.getString("after_value"),
                row.getDouble("change_percent"),
                row.getOffsetDateTime("seen_at").toInstant());
    }
}
