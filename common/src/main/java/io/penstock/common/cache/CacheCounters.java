package io.penstock.common.cache;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What happens in one cache of this process. Counting costs no more than an addition. */
final class CacheCounters {

    /** What is counted. */
    enum Count {
        MEMORY_HITS,
        MEMORY_MISSES,
        REDIS_HITS,
        REDIS_MISSES,
        LOADS,
        LOAD_FAILURES,
        /** Nanoseconds. */
        LOAD_TIME,
        /** Calls to the shared tier that failed or came too late. */
        ERRORS,
        /** Values that could not be read, of another version or damaged. */
        UNREADABLE,
        /** Values too large to be cached. */
        TOO_LARGE,
        /** Values that were loaded, and not stored because they had changed meanwhile. */
        REFUSED
    }

    private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class);

    CacheCounters() {
        for (Count count : Count.values()) {
            counts.put(count, new LongAdder());
        }
    }

    LongAdder of(Count count) {
        return counts.getOrDefault(count, new LongAdder());
    }

    /** Since the process has started. */
    CacheStats snapshot() {
        return new CacheStats(
                of(Count.MEMORY_HITS).sum(),
                of(Count.MEMORY_MISSES).sum(),
                of(Count.REDIS_HITS).sum(),
                of(Count.REDIS_MISSES).sum(),
                of(Count.LOADS).sum(),
                of(Count.LOAD_FAILURES).sum(),
                of(Count.LOAD_TIME).sum() / 1_000,
                of(Count.ERRORS).sum(),
                of(Count.UNREADABLE).sum(),
                of(Count.TOO_LARGE).sum(),
                of(Count.REFUSED).sum());
    }
}
