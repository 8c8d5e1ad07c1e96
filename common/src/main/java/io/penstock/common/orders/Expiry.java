package io.penstock.common.orders;

import java.time.Duration;

/**
 * What became of the wish to expire one order.
 *
 * @param left time until the order is due; zero unless it is not due yet
 */
public record Expiry(Kind kind, Duration left) {

    /** The cases. */
    public enum Kind {
        /** It has expired by this very call. */
        EXPIRED,
        /** It is not pending any more, or there is none. */
        ENDED_BEFORE,
        /** Another transaction works on it: look again. */
        BUSY,
        /** Its time has not come. */
        NOT_DUE
    }

    static final Expiry EXPIRED = new Expiry(Kind.EXPIRED, Duration.ZERO);
    static final Expiry ENDED_BEFORE = new Expiry(Kind.ENDED_BEFORE, Duration.ZERO);
    static final Expiry BUSY = new Expiry(Kind.BUSY, Duration.ZERO);

    static Expiry notDue(Duration left) {
        return new Expiry(Kind.NOT_DUE, left);
    }
}
