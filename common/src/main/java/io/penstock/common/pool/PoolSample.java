package io.penstock.common.pool;

/**
 * What a pool of one process did in some time.
 *
 * @param peak the most connections that were in use at once, callers that waited for one included
 * @param millis that all of it took together, waiting included
 * @param longestMillis the longest piece of work
 */
public record PoolSample(
        String pool, int size, int peak, long done, long failed, long diverted, long millis, long longestMillis) {

    /** Whether there is anything to tell: an idle process tells nothing. */
    public boolean isWorthTelling() {
        return done + failed + diverted > 0 || 2 * peak > size;
    }
}
