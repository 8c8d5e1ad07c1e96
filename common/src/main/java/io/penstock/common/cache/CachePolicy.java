package io.penstock.common.cache;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What holds for one cache, its own settings and those of all taken together. Checked: a lifetime of nothing would be a
 * cache that never hits, and nobody would see why.
 *
 * @param ttl how long a value lives in Redis; in memory alone where the cache has no Redis tier
 * @param memoryTtl how long it lives in memory at most
 * @param lock how long one process may keep the others from loading a key
 */
public record CachePolicy(
        String cache,
        Tier tier,
        Duration ttl,
        Duration memoryTtl,
        Duration blindTtl,
        Duration negativeTtl,
        double jitter,
        long maxEntries,
        int maxValueBytes,
        Duration loadTimeout,
        Duration lock) {

    /** Beyond it an entry is no cached value any more. */
    public static final Duration MAX_TTL = Duration.ofDays(366);

    private static final double MAX_JITTER = 0.5;
    private static final int LARGEST_VALUE = 256 * 1024 * 1024;
    /** On top of the load: for handing the value to Redis. */
    private static final Duration LOCK_MARGIN = Duration.ofSeconds(2);

    public CachePolicy {
        requireTtl(cache, "ttl", ttl);
        requireTtl(cache, "memory ttl", memoryTtl);
        requireTtl(cache, "memory blind-ttl", blindTtl);
        require(
                cache,
                !negativeTtl.isNegative() && negativeTtl.compareTo(MAX_TTL) <= 0,
                "negative-ttl must be 0 or more");
        require(cache, jitter >= 0 && jitter <= MAX_JITTER, "jitter must be between 0 and " + MAX_JITTER);
        require(cache, maxEntries >= 1, "max-entries must be 1 or more");
        require(cache, maxValueBytes >= 1 && maxValueBytes <= LARGEST_VALUE, "max-value-size must be 1 to 256M");
        requireTtl(cache, "load-timeout", loadTimeout);
    }

    static CachePolicy of(CacheDefinition<?, ?> definition, CacheConfig config) {
        Optional<CacheConfig.Named> own = Optional.ofNullable(config.named().get(definition.name()));
        Duration loadTimeout = own.flatMap(CacheConfig.Named::loadTimeout).orElse(config.loadTimeout());
        return new CachePolicy(
                definition.name(),
                own.flatMap(CacheConfig.Named::tier).orElse(definition.tier()),
                own.flatMap(CacheConfig.Named::ttl).orElseGet(() -> ttl(definition.ttl(), config)),
                own.flatMap(CacheConfig.Named::memoryTtl).orElse(config.memory().ttl()),
                config.memory().blindTtl(),
                config.negativeTtl(),
                config.jitter(),
                own.flatMap(CacheConfig.Named::maxEntries)
                        .orElse(config.memory().maxEntries()),
                (int) Math.min(config.maxValueSize().asLongValue(), Integer.MAX_VALUE),
                loadTimeout,
                loadTimeout.plus(LOCK_MARGIN));
    }

    /** The lifetime of a kind, as configured. */
    static Duration ttl(Ttl kind, CacheConfig config) {
        return config.ttl().getOrDefault(kind.code(), kind.standard());
    }

    /** @throws IllegalArgumentException where a lifetime is unknown or out of bounds, naming its setting */
    static void checkLifetimes(CacheConfig config) {
        config.ttl().forEach((code, ttl) -> {
            if (Arrays.stream(Ttl.values()).noneMatch(kind -> kind.code().equals(code))) {
                throw new IllegalArgumentException(
                        "penstock.cache.ttl.\"" + code + "\": no such kind of value; known are "
                                + Arrays.stream(Ttl.values()).map(Ttl::code).toList());
            }
            requireTtl(code, "ttl", ttl);
        });
    }

    /** @throws IllegalArgumentException for 0, less, or more than {@link #MAX_TTL} */
    static Duration requireTtl(String whose, String what, Duration ttl) {
        require(
                whose,
                ttl.toMillis() >= 1 && ttl.compareTo(MAX_TTL) <= 0,
                what + " must be 1 ms to 366 days, is " + ttl);
        return ttl;
    }

    /** A lifetime shortened by chance. */
    Duration jittered(Duration lifetime) {
        long ms = lifetime.toMillis();
        return Duration.ofMillis(Math.max(
                1, ms - (long) (ms * jitter * ThreadLocalRandom.current().nextDouble())));
    }

    private static void require(String whose, boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("cache " + whose + ": " + what);
        }
    }
}
