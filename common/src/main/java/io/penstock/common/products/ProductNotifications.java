package io.penstock.common.products;

import io.penstock.common.job.JobOptions;
import io.penstock.common.outbox.Outbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notifications as rows: each is written in the transaction that is the reason for it, together with the job that sends it. A user
 * who wants a digest has it kept for that; one who wants nothing has it kept to be read. {@link NotificationSending} is what becomes of them.
 */
@ApplicationScoped
public class ProductNotifications {

    private static final String ADD =
            """
            WITH wanted AS (
                SELECT u.id,
                    CASE WHEN NOT (u.email_on AND u.unsubscribed_at IS NULL) AND u.webhook_url IS NULL THEN 'off'
                         WHEN u.digest <> 'immediate' AND $3 <> 'digest' THEN 'digest' ELSE 'pending' END AS state
                FROM product_user AS u WHERE u.id = $1)
            INSERT INTO product_notification (user_id, about, kind, anomaly_id, report_id, subject, body, state, ended_at,
                mail_state, webhook_state)
            SELECT w.id, $2, $3::text, $4::bigint, $5::bigint, $6, $7, w.state, CASE WHEN w.state = 'off' THEN now() END,
                CASE WHEN w.state = 'pending' THEN 'pending' ELSE 'off' END,
                CASE WHEN w.state = 'pending' THEN 'pending' ELSE 'off' END
            FROM wanted AS w
            ON CONFLICT (about) DO NOTHING
            RETURNING id, state
            """;

    private static final String LIST =
            """
            SELECT id, kind, anomaly_id, report_id, subject, body, state, digest_id, created_at, ended_at,
                mail_state, mail_sent_at, mail_failure, mail_tries, webhook_state, webhook_sent_at, webhook_failure, webhook_tries
            FROM product_notification
            WHERE user_id = $1 AND id < $2 AND ($3::text IS NULL OR state = $3) AND ($4::text IS NULL OR kind = $4)
            ORDER BY id DESC LIMIT $5
            """;

    /** A notification that was written. */
    record Added(long id, String state) {}

    private final Outbox outbox;
    private final Pool pool;

    @Inject
    public ProductNotifications(Outbox outbox, Pool pool) {
        this.outbox = outbox;
        this.pool = pool;
    }

    /** Writes a notification, and enqueues its sending where it is to be sent at once. False: there is one about this already. */
    public Uni<Boolean> add(SqlConnection transaction, NewNotification notification) {
        return write(transaction, notification).map(Optional::isPresent);
    }

    /** As {@link #add}; empty: there is one about this already, or no such user. */
    Uni<Optional<Added>> write(SqlConnection transaction, NewNotification notification) {
        List<Object> values = new ArrayList<>();
        values.add(notification.userId());
        values.add(notification.about());
        values.add(notification.kind());
        values.add(notification.anomalyId());
        values.add(notification.reportId());
        values.add(notification.subject());
        values.add(notification.body());
        return transaction
                .preparedQuery(ADD)
                .execute(Tuple.from(values))
                .map(rows -> rows.stream()
                        .map(row -> new Added(row.getLong("id"), row.getString("state")))
                        .findFirst())
                .call(added -> added.isPresent() && added.get().state().equals("pending")
                        ? outbox.enqueue(
                                transaction,
                                ProductJobs.SEND_NOTIFICATION,
                                new SendNotification(added.get().id()),
                                JobOptions.DEFAULT)
                        : Uni.createFrom().voidItem());
    }

    /**
     * Those of a user, the latest first.
     *
     * @param before only those with a lower id
     * @param state null: of any; likewise the kind
     */
    public Uni<List<ProductNotification>> list(
            long userId, long before, @Nullable String state, @Nullable String kind, int most) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(userId, before, state, kind, most))
                .map(rows ->
                        rows.stream().map(ProductNotifications::notification).toList());
    }

    private static ProductNotification notification(Row row) {
        return new ProductNotification(
                row.getLong("id"),
                row.getString("kind"),
                row.getLong("anomaly_id"),
                row.getLong("report_id"),
                row.getString("subject"),
                row.getString("body"),
                row.getString("state"),
                row.getLong("digest_id"),
                row.getOffsetDateTime("created_at").toInstant(),
                ItemRows.instant(row.getOffsetDateTime("ended_at")),
                new ProductNotification.Way(
                        row.getString("mail_state"),
                        ItemRows.instant(row.getOffsetDateTime("mail_sent_at")),
                        row.getString("mail_failure"),
                        row.getInteger("mail_tries")),
                new ProductNotification.Way(
                        row.getString("webhook_state"),
                        ItemRows.instant(row.getOffsetDateTime("webhook_sent_at")),
                        row.getString("webhook_failure"),
                        row.getInteger("webhook_tries")));
    }
}
