package io.penstock.common.cache;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** How values are cached, under {@code penstock.cache}. The same in every process that shares a cache. */
@ConfigMapping(prefix = "penstock.cache")
public interface CacheConfig {

    /**
     * Name of the Redis client that holds the cached values, configured under {@code quarkus.redis."cache"} and so on; absent: the
     * one that holds the queues. A server of its own may evict what it holds; that of the queues must not.
     */
    Optional<String> redis();

    /** How long a read waits for Redis before the loader is asked. */
    @WithDefault("30ms")
    Duration redisWait();

    /** How long Redis is left alone after it did not answer; then one call tries it again. */
    @WithDefault("500ms")
    Duration redisPause();

    /** How long one load may take. A load that hangs fails for all its callers. */
    @WithDefault("10s")
    Duration loadTimeout();

    /** Values that are larger as JSON are handed to the caller and not cached. */
    @WithDefault("1M")
    MemorySize maxValueSize();

    /** How long it is remembered that the loader found nothing; 0: not at all. */
    @WithDefault("30s")
    Duration negativeTtl();

    /** Part of a lifetime that is taken off by chance, 0 to 0.5, so that keys do not expire together. */
    @WithDefault("0.1")
    double jitter();

    /** How often a process adds what it counted to the figures in PostgreSQL. */
    @WithDefault("1m")
    Duration statsInterval();

    Memory memory();

    /** By kind of value, such as {@code product-basic}: how long such values are kept in Redis. */
    Map<String, Duration> ttl();

    /** By name of a cache, where it differs from what its code says. */
    Map<String, Named> named();

    /** The tier in the memory of each process. */
    interface Memory {

        /** Entries of one cache. */
        @WithDefault("10000")
        long maxEntries();

        /** How long an entry stays, and never longer than it is valid. */
        @WithDefault("10m")
        Duration ttl();

        /**
         * How long an entry stays while the process cannot hear of changes, because the connection to Redis is lost: what
         * was there before is dropped.
         */
        @WithDefault("1s")
        Duration blindTtl();
    }

    /** One cache. */
    interface Named {

        /** memory, redis or hybrid; absent: as its code says. */
        Optional<Tier> tier();

        /** How long its values are kept in Redis; absent: the lifetime of their kind. */
        Optional<Duration> ttl();

        /** How long its values stay in memory; absent: as all. */
        Optional<Duration> memoryTtl();

        /** Entries in memory; absent: as all. */
        Optional<Long> maxEntries();

        /** How long one load may take; absent: as all. */
        Optional<Duration> loadTimeout();
    }
}
