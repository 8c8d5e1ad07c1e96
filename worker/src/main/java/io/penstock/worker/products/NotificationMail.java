package io.penstock.worker.products;

import io.penstock.common.products.NotificationSending.Claimed;
import io.penstock.common.products.NotificationSending.Mailbox;
import io.quarkus.mailer.Mail;
import java.net.URI;
import java.util.Optional;

/** A notification as a mail: plain text, with a link that stops the mails, which mail programs know as a button (RFC 8058). */
final class NotificationMail {

    private static final int MOST_SUBJECT = 200;

    private NotificationMail() {}

    /** @param publicUrl where users reach the API; empty: no link */
    static Mail of(Claimed notification, Mailbox to, String from, Optional<URI> publicUrl) {
        Mail mail = new Mail()
                .addTo(to.email())
                .setFrom(from)
                .setSubject(oneLine(notification.subject()))
                // The same for every attempt, so that a mail sent twice shows as one.
                .addHeader("Message-ID", "<product-notification-" + notification.id() + "@penstock>")
                // No answers from those who are on holiday.
                .addHeader("Auto-Submitted", "auto-generated");
        Optional<String> link = publicUrl.map(base -> link(base, to.unsubscribeToken()));
        link.ifPresent(url -> mail.addHeader("List-Unsubscribe", "<" + url + ">")
                .addHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        return mail.setText(notification.body()
                + link.map(url -> "\n-- \nYou track these products. No more such mails: " + url + "\n")
                        .orElse(""));
    }

    private static String link(URI base, String token) {
        String text = base.toString();
        return (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + "/api/products/unsubscribe/"
                + token;
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]+", " ").strip();
        return line.length() <= MOST_SUBJECT ? line : line.substring(0, MOST_SUBJECT) + "…";
    }
}
