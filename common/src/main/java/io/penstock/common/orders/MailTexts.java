package io.penstock.common.orders;

import io.vertx.mutiny.sqlclient.Row;

/** What the shop's mails say: plain text, whose parts are single lines of bounded length by the time they are stored. */
final class MailTexts {

    private MailTexts() {}

    /** @param order a row with id, email, quantity, ticket_type and concert */
    static NewMail expired(Row order) {
        long id = order.getLong("id");
        String tickets = order.getInteger("quantity") + " × " + order.getString("ticket_type");
        return new NewMail(
                "expired:" + id,
                order.getString("email"),
                "Your order " + id + " has expired",
                "Order " + id + " was not paid in time: " + tickets + " for " + order.getString("concert") + ".\n"
                        + "The tickets are on sale again.\n");
    }
}
