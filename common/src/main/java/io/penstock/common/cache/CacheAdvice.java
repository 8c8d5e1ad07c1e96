package io.penstock.common.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What figures of the caches suggest to do. Pure. */
public final class CacheAdvice {

    /** Below it a cache costs more than it saves. */
    static final double LOW_HIT_RATE = 0.8;
    /** Above it something is wrong with Redis or with the way to it. */
    static final double HIGH_ERROR_RATE = 0.05;
    /** Above it there is no room for a busy hour. */
    static final double HIGH_MEMORY = 0.8;
    /** Rates of fewer reads say nothing. */
    static final long ENOUGH_READS = 100;

    private CacheAdvice() {}

    /**
     * One suggestion.
     *
     * @param subject what it is about, such as {@code cache/prices}
     * @param figure the figure that caused it, in words
     * @param advice what to do
     * @param link where to look, a path of this service
     */
    public record Advice(String subject, String figure, String advice, String link) {}

    public static List<Advice> of(Map<String, CacheStats> caches) {
        List<Advice> all = new ArrayList<>();
        caches.forEach((name, stats) -> {
            if (stats.hits() + stats.misses() >= ENOUGH_READS && stats.hitRate() < LOW_HIT_RATE) {
                all.add(new Advice(
                        "cache/" + name,
                        "hit rate " + percent(stats.hitRate()) + " of " + (stats.hits() + stats.misses()) + " reads",
                        "raise its lifetime (penstock.cache.named.\"" + name
                                + "\".ttl) or its size (….max-entries); see which keys are missed most",
                        "/api/cache"));
            }
            if (stats.redisHits() + stats.redisMisses() + stats.errors() >= ENOUGH_READS
                    && stats.errorRate() > HIGH_ERROR_RATE) {
                all.add(new Advice(
                        "cache/" + name,
                        "error rate " + percent(stats.errorRate()) + ", " + stats.errors() + " errors",
                        "look at Redis and at the network to it: its answers fail or come too late",
                        "/q/health/ready"));
            }
            if (stats.unreadable() > 0) {
                all.add(new Advice(
                        "cache/" + name,
                        stats.unreadable() + " stored values could not be read",
                        "expected for a while after a change of the form of the values; else somebody else writes these keys",
                        "/api/cache"));
            }
            if (stats.tooLarge() > 0) {
                all.add(new Advice(
                        "cache/" + name,
                        stats.tooLarge() + " values were too large to be cached",
                        "cache smaller parts, or raise penstock.cache.max-value-size",
                        "/api/cache"));
            }
        });
        return all;
    }

    public static List<Advice> of(RemoteFigures redis) {
        List<Advice> all = new ArrayList<>();
        if (redis.maxBytes() > 0 && redis.usedBytes() > HIGH_MEMORY * redis.maxBytes()) {
            all.add(new Advice(
                    "redis",
                    "memory " + percent((double) redis.usedBytes() / redis.maxBytes()) + " of the bound",
                    "give it more memory, shorten lifetimes, or give the cache a Redis of its own that may evict "
                            + "(penstock.cache.redis)",
                    "/api/cache"));
        }
        return all;
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }
}
