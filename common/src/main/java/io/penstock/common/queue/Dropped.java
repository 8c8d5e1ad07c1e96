package io.penstock.common.queue;

/** Why a job ended without having been worked off. */
public enum Dropped {
    /** It was not started in time. */
    EXPIRED,
    /** Somebody called it off, and its handler stopped. */
    CANCELLED,
    /** Somebody called it off, and its handler had to be cut off. */
    FORCED
}
