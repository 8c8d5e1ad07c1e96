package io.penstock.common.orders;

import io.vertx.mutiny.sqlclient.Row;
import java.time.OffsetDateTime;

/** Reads orders from rows. */
final class OrderRows {

    /** Of {@code shop_order AS o} and {@code shop_user AS u}. */
    static final String COLUMNS =
            """
            o.id, u.email, o.ticket_type_id, o.quantity, o.amount_cents, o.currency, o.state, o.created_at, o.expires_at,
            o.ended_at, o.payment
            """;

    private OrderRows() {}

    static Order order(Row row) {
        OffsetDateTime ended = row.getOffsetDateTime("ended_at");
        return new Order(
                row.getLong("id"),
                row.getString("email"),
                row.getLong("ticket_type_id"),
                row.getInteger("quantity"),
                row.getLong("amount_cents"),
                row.getString("currency"),
                OrderState.ofWire(row.getString("state")).orElseThrow(),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("expires_at").toInstant(),
                ended == null ? null : ended.toInstant(),
                row.getString("payment"));
    }
}
