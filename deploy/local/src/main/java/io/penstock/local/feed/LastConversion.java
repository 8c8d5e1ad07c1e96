package io.penstock.local.feed;

import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What the feed says about an offer's last conversion. One offer in five converts; those show every form the feed
 * knows. In each round about one converting offer in a hundred has something happen to it that is worth an alert:
 * conversions stop for a while, get much rarer, or vanish.
 */
final class LastConversion {

    /** An offer has conversions when its number is a multiple of this. */
    static final int ONE_CONVERTS_IN = 5;

    private static final int ONE_EVENT_IN = 100;

    private static final List<String> FRESH = List.of("0min", "< 1m", "just now", "now", "30s");
    private static final List<String> RECENT = List.of("5m", "1m30s", "5");
    private static final List<String> OLD = List.of("51min", "6h18min", "2h", "1d");

    private final long seed;

    LastConversion(long seed) {
        this.seed = seed;
    }

    @Nullable
    String of(int number, int round) {
        if (number % ONE_CONVERTS_IN != 0) {
            return number % 2 == 0 ? null : "";
        }
        int form = number / ONE_CONVERTS_IN % (FRESH.size() + RECENT.size() + OLD.size());
        boolean eventful = eventful(number, round);
        if (form < FRESH.size()) {
            return eventful ? "25min" : FRESH.get(form);
        }
        form -= FRESH.size();
        if (form < RECENT.size()) {
            return eventful ? "6h18min" : RECENT.get(form);
        }
        return eventful ? null : OLD.get(form - RECENT.size());
    }

    /** Never in round 0, so that a first sweep finds the same on every machine. */
    private boolean eventful(int number, int round) {
        return round > 0 && new SplittableRandom(seed ^ ((long) number << 32 | round)).nextInt(ONE_EVENT_IN) == 0;
    }
}
