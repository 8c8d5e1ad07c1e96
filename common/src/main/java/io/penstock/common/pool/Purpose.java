package io.penstock.common.pool;

import java.util.Locale;

/** What somebody needs a connection for. */
public enum Purpose {
    /** Transactions, and reads that must see what was just written. */
    WRITE,
    /** Reads that may go to a replica, where there is one. */
    READ,
    /** What may take long and must not hold up others: reports, impact of large changes. */
    ANALYTICS;

    /** As metrics and the API write it. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
