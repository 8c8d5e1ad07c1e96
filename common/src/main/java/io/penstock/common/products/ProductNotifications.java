package io.penstock.common.products;

import io.penstock.common.job.JobOptions;
import io.penstock.common.outbox.Outbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/**
 * Notifications as rows: each is written in the transaction that is the reason for it, together with the job that sends it. A user
 * who wants a digest has it kept for that; one who wants nothing has it kept to be read in the console.
 */
@ApplicationScoped
public class ProductNotifications {

    private static final String ADD =
            """
            INSERT INTO product_notification (user_id, about, kind, anomaly_id, report_id, subject, body, state, ended_at)
            SELECT u.id, $2, $3::text, $4::bigint, $5::bigint, $6, $7,
                CASE WHEN NOT (u.email_on AND u.unsubscribed_at IS NULL) AND u.webhook_url IS NULL THEN 'off'
                     WHEN u.digest <> 'immediate' AND $3 <> 'digest' THEN 'digest' ELSE 'pending' END,
                CASE WHEN NOT (u.email_on AND u.unsubscribed_at IS NULL) AND u.webhook_url IS NULL THEN now() END
            FROM product_user AS u WHERE u.id = $1
            ON CONFLICT (about) DO NOTHING
            RETURNING id, state
            """;

    private final Outbox outbox;

    @Inject
    public ProductNotifications(Outbox outbox) {
        this.outbox = outbox;
    }

    /** Writes a notification, and enqueues its sending where it is to be sent at once. False: there is one about this already. */
    public Uni<Boolean> add(SqlConnection transaction, NewNotification notification) {
        List<Object> values = new ArrayList<>();
        values.add(notification.userId());
        values.add(notification.about());
        values.add(notification.kind());
        values.add(notification.anomalyId());
        values.add(notification.reportId());
        values.add(notification.subject());
        values.add(notification.body());
        return transaction.preparedQuery(ADD).execute(Tuple.from(values)).chain(rows -> {
            if (rows.size() == 0) {
                return Uni.createFrom().item(false);
            }
            Row row = rows.iterator().next();
            return row.getString("state").equals("pending")
                    ? outbox.enqueue(
                                    transaction,
                                    ProductJobs.SEND_NOTIFICATION,
                                    new SendNotification(row.getLong("id")),
                                    JobOptions.DEFAULT)
                            .replaceWith(true)
                    : Uni.createFrom().item(true);
        });
    }
}
