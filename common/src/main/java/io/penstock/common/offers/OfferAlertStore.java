package io.penstock.common.offers;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/**
 * The history of alerts, and which of them still have to be sent. Several senders may work at once: each claims the
 * alerts it sends, and a claim that is not kept within five minutes lapses. An alert that could not be sent for a day is no
 * news any more: it stays in the history, and is not sent.
 */
@ApplicationScoped
public class OfferAlertStore {

    private static final String LATEST_PENDING =
            """
            SELECT max(id) FROM offer_alerts WHERE state = 'PENDING' AND raised_at > now() - interval '1 day'
            """;

    private static final String CLAIM =
            """
            UPDATE offer_alerts SET claimed_until = now() + interval '5 minutes'
            WHERE id IN (
                SELECT id FROM offer_alerts
                WHERE state = 'PENDING' AND raised_at > now() - interval '1 day'
                  AND (claimed_until IS NULL OR claimed_until < now())
                ORDER BY id
                LIMIT $1
                FOR UPDATE SKIP LOCKED)
            RETURNING id, offer_id, offer_name, kind, before_value, after_value, raised_at
            """;

    private static final String SENT =
            """
            UPDATE offer_alerts SET state = 'SENT', sent_at = now(), claimed_until = NULL WHERE id = $1
            """;

    private static final String HAND_BACK =
            """
            UPDATE offer_alerts SET claimed_until = NULL WHERE id = ANY($1) AND state = 'PENDING'
            """;

    private static final String CLOSE_UNADDRESSED =
            """
            UPDATE offer_alerts SET state = 'UNADDRESSED', claimed_until = NULL WHERE state = 'PENDING'
            """;

    private final Pool pool;

    @Inject
    public OfferAlertStore(Pool pool) {
        this.pool = pool;
    }

    /** Id of the newest alert that has not been sent; empty when there is none. */
    public Uni<OptionalLong> latestPending() {
        return pool.preparedQuery(LATEST_PENDING).execute().map(rows -> {
            Long id = rows.iterator().next().getLong(0);
            return id == null ? OptionalLong.empty() : OptionalLong.of(id);
        });
    }

    /** Takes pending alerts, oldest first, for the caller alone to send. */
    public Uni<List<OfferAlert>> claim(int most) {
        return pool.preparedQuery(CLAIM).execute(Tuple.of(most)).map(rows -> {
            List<OfferAlert> alerts = new ArrayList<>(rows.size());
            for (Row row : rows) {
                alerts.add(alert(row));
            }
            return alerts;
        });
    }

    public Uni<Void> sent(long id) {
        return pool.preparedQuery(SENT).execute(Tuple.of(id)).replaceWithVoid();
    }

    /** Gives claimed alerts back that could not be sent. */
    public Uni<Void> handBack(Collection<Long> ids) {
        return pool.preparedQuery(HAND_BACK)
                .execute(Tuple.of(ids.toArray(Long[]::new)))
                .replaceWithVoid();
    }

    /** Keeps pending alerts as history alone, because nobody is to be told; answers how many. */
    public Uni<Integer> closeUnaddressed() {
        return pool.preparedQuery(CLOSE_UNADDRESSED).execute().map(rows -> rows.rowCount());
    }

    private static OfferAlert alert(Row row) {
        return new OfferAlert(
                row.getLong("id"),
                row.getString("offer_id"),
                row.getString("offer_name"),
                OfferAlert.Kind.valueOf(row.getString("kind")),
                row.getString("before_value"),
                row.getString("after_value"),
                row.getOffsetDateTime("raised_at").toInstant());
    }
}
