package io.penstock.worker.offers;

import io.penstock.common.offers.OfferAlert;
import io.quarkus.mailer.Mail;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Puts an alert into words. What comes from the feed is plain text here, on one line and of bounded length: a name with a
 * line break must not become a header, nor a name of a megabyte a subject.
 */
final class AlertMail {

    private static final int MAX_NAME = 120;

    private AlertMail() {}

    static Mail of(OfferAlert alert, List<String> to, String from) {
        String offer = "Offer " + oneLine(alert.offerId());
        return new Mail()
                .setTo(to)
                .setFrom(from)
                .setSubject("[Penstock] " + offer + ": " + headline(alert))
                .setText(body(offer, alert))
                // The same for every attempt, so that a mail sent twice shows as one.
                .addHeader(
                        "Message-ID",
                        "<offer-alert-" + alert.id() + "-" + alert.raisedAt().toEpochMilli() + "@penstock>");
    }

    private static String body(String offer, OfferAlert alert) {
        String name = alert.offerName() == null ? "" : " (" + oneLine(alert.offerName()) + ")";
        return offer + name + "\n"
                + headline(alert) + "\n\n"
                + "Before: " + value(alert, alert.before()) + "\n"
                + "Now: " + value(alert, alert.after()) + "\n"
                + "Noticed: " + alert.raisedAt() + "\n";
    }

    private static String headline(OfferAlert alert) {
        return switch (alert.kind()) {
            case CONVERSIONS_STOPPED -> "conversions stopped";
            case CONVERSIONS_SLOWED -> "conversions slowed down";
            case CONVERSIONS_GONE -> "no conversion known any more";
            case STATUS_CHANGED -> "status changed to " + value(alert, alert.after());
        };
    }

    private static String value(OfferAlert alert, @Nullable String value) {
        if (alert.kind() == OfferAlert.Kind.STATUS_CHANGED) {
            return value == null ? "none" : oneLine(value);
        }
        return value == null
                ? "no conversion known"
                : "last conversion " + ago(Duration.ofSeconds(Long.parseLong(value)));
    }

    private static String ago(Duration time) {
        if (time.toMinutes() < 1) {
            return "less than a minute ago";
        }
        return time.toHours() < 1
                ? time.toMinutes() + " min ago"
                : String.format(Locale.ROOT, "%d h %d min ago", time.toHours(), time.toMinutesPart());
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
        return line.length() <= MAX_NAME ? line : line.substring(0, MAX_NAME) + "…";
    }
}
