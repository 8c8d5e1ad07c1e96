package io.penstock.common.products;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How urgent an update of a product is: the plan of who tracks it, how old its reading is, and whether the user is there to see it. */
public final class UpdatePriority {

    public static final int MOST = 10;

    private static final Duration VERY_STALE = Duration.ofHours(24);
    private static final Duration STALE = Duration.ofHours(12);
    private static final Duration GROWING_STALE = Duration.ofHours(6);
    private static final Duration ACTIVE_WITHIN = Duration.ofHours(24);
    private static final int FOR_AN_ACTIVE_USER = 2;

    private UpdatePriority() {}

    /**
     * 0 to {@link #MOST}.
     *
     * @param planWeight that of the best plan among those who track the product, see {@link Plan#weight}
     * @param readAt of the latest reading; null: there is none, which is as stale as can be
     * @param lastActive when one of those who track it last did something; null: never
     */
    public static int of(int planWeight, @Nullable Instant readAt, @Nullable Instant lastActive, Instant now) {
        boolean active = lastActive != null && !lastActive.plus(ACTIVE_WITHIN).isBefore(now);
        return Math.min(MOST, planWeight + staleness(readAt, now) + (active ? FOR_AN_ACTIVE_USER : 0));
    }

    private static int staleness(@Nullable Instant readAt, Instant now) {
        if (readAt == null) {
            return 3;
        }
        Duration age = Duration.between(readAt, now);
        if (age.compareTo(VERY_STALE) > 0) {
            return 3;
        }
        if (age.compareTo(STALE) > 0) {
            return 2;
        }
        return age.compareTo(GROWING_STALE) > 0 ? 1 : 0;
    }
}
