package io.penstock.common.cache;

/**
 * What happened in one cache over some time.
 *
 * @param loadMicros time that all loads took together
 * @param errors calls to Redis that failed or came too late
 * @param unreadable stored values that could not be read
 * @param tooLarge values that were too large to be stored
 * @param refused loaded values that were not stored, because they had changed meanwhile
 */
public record CacheStats(
        long memoryHits,
        long memoryMisses,
        long redisHits,
        long redisMisses,
        long loads,
        long loadFailures,
        long loadMicros,
        long errors,
        long unreadable,
        long tooLarge,
        long refused) {

    public static final CacheStats NONE = new CacheStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Reads that were answered without a load. */
    public long hits() {
        return memoryHits + redisHits;
    }

    /** Reads that no tier could answer. Those that waited for the load of another are hits of the memory. */
    public long misses() {
        return loads;
    }

    /** Share of the reads that were hits, 0 to 1; 1 where nothing was read. */
    public double hitRate() {
        return hits() + misses() == 0 ? 1 : (double) hits() / (hits() + misses());
    }

    /** Share of the calls to Redis that failed, 0 to 1. */
    public double errorRate() {
        long calls = redisHits + redisMisses + errors;
        return calls == 0 ? 0 : (double) errors / calls;
    }

    /** How long a load took in the mean, in milliseconds. */
    public double meanLoadMillis() {
        return loads == 0 ? 0 : loadMicros / 1_000.0 / loads;
    }

    /** Whether nothing was counted. */
    public boolean nothing() {
        return equals(NONE);
    }

    CacheStats minus(CacheStats other) {
        return new CacheStats(
                memoryHits - other.memoryHits,
                memoryMisses - other.memoryMisses,
                redisHits - other.redisHits,
                redisMisses - other.redisMisses,
                loads - other.loads,
                loadFailures - other.loadFailures,
                loadMicros - other.loadMicros,
                errors - other.errors,
                unreadable - other.unreadable,
                tooLarge - other.tooLarge,
                refused - other.refused);
    }
}
