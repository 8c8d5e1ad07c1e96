package io.penstock.common.cache;

/** The shared tier cannot be asked now, or did not answer in time. Carries no stack: while it is away each call fails so. */
public final class CacheAwayException extends RuntimeException {

    public CacheAwayException(String why) {
        super(why, null, false, false);
    }
}
