package io.penstock.worker.products;

import io.penstock.common.products.Anomalies.Told;
import io.penstock.common.products.Anomaly;
import io.penstock.common.products.Marketplace;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts an anomaly into words. What the seller wrote is one line of bounded length here: a title must not become a header. */
final class AnomalyText {

    private static final int MOST_TITLE = 80;

    private AnomalyText() {}

    static String subject(Told told) {
        return headline(told) + ": " + name(told);
    }

    static String body(Told told) {
        Anomaly anomaly = told.anomaly();
        String page = Marketplace.named(told.marketplace())
                .map(market -> market.pageOf(told.asin()))
                .orElse("");
        return name(told) + "\n"
                + headline(told) + "\n\n"
                + "Before: " + value(told, anomaly.before()) + "\n"
                + "Now: " + value(told, anomaly.after()) + "\n"
                + "Noticed: " + anomaly.seenAt() + "\n"
                + page + "\n";
    }

    private static String headline(Told told) {
        Anomaly anomaly = told.anomaly();
        return switch (anomaly.kind()) {
            case PRICE -> "Price " + change(anomaly, "up", "down");
            case RANK -> "Rank " + change(anomaly, "worse", "better");
            case RATING -> "Rating now " + anomaly.after() + " stars, was " + anomaly.before();
            case REVIEWS -> "Reviews " + change(anomaly, "up", "down");
            case BUY_BOX -> "Another seller has the buy box";
        };
    }

    private static String change(Anomaly anomaly, String more, String less) {
        Double percent = anomaly.changePercent();
        return percent == null
                ? "changed"
                : (percent > 0 ? more : less) + String.format(Locale.ROOT, " by %.1f %%", Math.abs(percent));
    }

    private static String value(Told told, String value) {
        return switch (told.anomaly().kind()) {
            case PRICE -> value + (told.currency() == null ? "" : " " + told.currency());
            case RANK -> "#" + value;
            case RATING -> value + " stars";
            case REVIEWS -> value + " reviews";
            case BUY_BOX -> line(value);
        };
    }

    private static String name(Told told) {
        return told.asin() + (told.title() == null ? "" : " " + line(told.title()));
    }

    private static String line(@Nullable String text) {
        String line = text == null
                ? ""
                : text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]+", " ").strip();
        return line.length() <= MOST_TITLE ? line : line.substring(0, MOST_TITLE) + "…";
    }
}
