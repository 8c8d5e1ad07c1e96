package io.penstock.common.cache;

import java.util.Locale;

/** Where the entries of a cache are kept. */
public enum Tier {
    /** In the memory of each process alone. */
    MEMORY,
    /** In Redis alone: every look costs a round trip, and every process sees the same. */
    REDIS,
    /** In Redis, and for a shorter time in memory. */
    HYBRID;

    boolean inMemory() {
        return this != REDIS;
    }

    boolean inRedis() {
        return this != MEMORY;
    }

    /** As the configuration and the API name it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
