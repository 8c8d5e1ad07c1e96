package io.penstock.common.products;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is told of a new value. Pure, so that it can be tested as a table.
 *
 * <p>Each event is told once. A value beyond the threshold from the normal one is told; while it stays out nothing more is, unless it
 * moves by the threshold once more. It has come back when it is within half the threshold of the normal: a value that trembles around
 * the threshold is one event. What comes and goes within a short while is one event, too. What stays out for long is the new normal.
 */
final class WatchRule {

    /** The share of the threshold within which a value has come back. */
    private static final double BACK = 0.5;

    private final Duration settle;
    private final Duration quiet;
    private final Duration reviewWindow;
    private final int reviewsAtLeast;

    WatchRule(ProductsConfig.Anomalies config) {
        this.settle = config.settle();
        this.quiet = config.quiet();
        this.reviewWindow = config.reviewWindow();
        this.reviewsAtLeast = config.reviewsAtLeast();
    }

    /**
     * What follows from a value.
     *
     * @param watch to be kept
     * @param event null: nothing is told
     */
    record Decision(Watch watch, @Nullable Event event) {

        static Decision quietly(Watch watch) {
            return new Decision(watch, null);
        }
    }

    /** @param changePercent null where the values are no numbers */
    record Event(String before, String after, @Nullable Double changePercent, @Nullable Double threshold) {}

    Decision decide(AnomalyKind kind, @Nullable Watch watch, String value, double threshold, Instant now) {
        if (watch == null) {
            return Decision.quietly(Watch.begun(value, now));
        }
        return switch (kind) {
            case BUY_BOX -> seller(watch, value, now);
            case REVIEWS -> reviews(watch, value, threshold, now);
            case PRICE, RANK, RATING -> number(kind, watch, value, threshold, now);
        };
    }

    private Decision number(AnomalyKind kind, Watch watch, String value, double threshold, Instant now) {
        double fromNormal = distance(kind, watch.reference(), value);
        String told = watch.told();
        if (told == null) {
            return fromNormal > threshold ? leaves(watch, value, threshold, now) : Decision.quietly(watch);
        }
        if (fromNormal <= threshold * BACK) {
            return Decision.quietly(watch.calm());
        }
        if (distance(kind, told, value) > threshold && fromNormal > threshold) {
            return tell(watch, told, value, threshold, now);
        }
        Instant toldAt = watch.toldAt();
        return toldAt != null && !toldAt.plus(settle).isAfter(now)
                ? Decision.quietly(watch.settled(value, now))
                : Decision.quietly(watch);
    }

    private Decision leaves(Watch watch, String value, double threshold, Instant now) {
        return isQuiet(watch, now)
                ? Decision.quietly(watch.wordless(value))
                : tell(watch, watch.reference(), value, threshold, now);
    }

    private static Decision tell(Watch watch, String before, String value, double threshold, Instant now) {
        return new Decision(
                watch.toldOf(value, now), new Event(before, value, changePercent(before, value), threshold));
    }

    private boolean isQuiet(Watch watch, Instant now) {
        Instant toldAt = watch.toldAt();
        return toldAt != null && toldAt.plus(quiet).isAfter(now);
    }

    /** Sellers have no distance: another one is an event, unless the box goes to and fro. */
    private Decision seller(Watch watch, String value, Instant now) {
        if (value.equals(watch.reference())) {
            return Decision.quietly(watch.calm());
        }
        if (value.equals(watch.told())) {
            Instant toldAt = watch.toldAt();
            return toldAt != null && !toldAt.plus(settle).isAfter(now)
                    ? Decision.quietly(watch.settled(value, now))
                    : Decision.quietly(watch);
        }
        return isQuiet(watch, now) && watch.told() == null
                ? Decision.quietly(watch.wordless(value))
                : new Decision(
                        watch.toldOf(value, now),
                        new Event(watch.told() == null ? watch.reference() : watch.told(), value, null, null));
    }

    /** Reviews only ever grow: what counts is how many came within the window. */
    private Decision reviews(Watch watch, String value, double threshold, Instant now) {
        double before = number(watch.reference());
        double after = number(value);
        boolean over = !watch.since().plus(reviewWindow).isAfter(now);
        boolean surge = after - before >= reviewsAtLeast && (after - before) * 100 > threshold * before;
        if (surge && watch.told() == null && !isQuiet(watch, now)) {
            Watch next = over ? new Watch(value, now, null, now) : watch.toldOf(value, now);
            return new Decision(
                    next, new Event(watch.reference(), value, changePercent(watch.reference(), value), threshold));
        }
        return Decision.quietly(over ? watch.settled(value, now) : watch);
    }

    /** In per cent of the first; of ratings in stars. */
    private static double distance(AnomalyKind kind, String from, String to) {
        double before = number(from);
        double after = number(to);
        if (kind == AnomalyKind.RATING) {
            // As decimal numbers: 4.4 to 4.1 is 0.3 stars.
            return new BigDecimal(to).subtract(new BigDecimal(from)).abs().doubleValue();
        }
        if (before == after) {
            return 0;
        }
        return before == 0
                ? Double.MAX_VALUE
                : new BigDecimal(to)
                                .subtract(new BigDecimal(from))
                                .abs()
                                .movePointRight(2)
                                .doubleValue()
                        / before;
    }

    private static @Nullable Double changePercent(String from, String to) {
        double before = number(from);
        return before == 0 ? null : (number(to) - before) * 100 / before;
    }

    private static double number(String text) {
        return Double.parseDouble(text);
    }
}
