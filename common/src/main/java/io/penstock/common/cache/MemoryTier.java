package io.penstock.common.cache;

import io.quarkus.cache.CaffeineCache;
import io.quarkus.cache.runtime.caffeine.CaffeineCacheImpl;
import io.quarkus.cache.runtime.caffeine.CaffeineCacheInfo;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The tier in memory: a Caffeine cache of quarkus-cache that holds one future per key. While a load is under way all
 * callers share its future; a key that is invalidated meanwhile leaves the cache together with its future, so that what
 * was loaded before the change is never seen by those who come after it.
 */
final class MemoryTier<V> {

    /** Replacing an expired entry takes two steps; these keep two callers from both taking them. */
    private static final int STRIPES = 64;

    /**
     * One value.
     *
     * @param value null: the loader found nothing
     * @param validUntilNanos by {@link System#nanoTime()}
     */
    record Entry<V>(@Nullable V value, long validUntilNanos) {

        boolean isValid() {
            return validUntilNanos - System.nanoTime() > 0;
        }
    }

    /**
     * What a caller gets.
     *
     * @param own true: nobody else completes the future, the caller has to
     */
    record Slot<V>(CompletableFuture<Entry<V>> future, boolean own) {}

    /** The cache hands out copies of its futures; what it holds is therefore one of ours, in this. */
    private record Holder<V>(CompletableFuture<Entry<V>> future) {}

    private final CaffeineCacheImpl cache;
    private final Object[] stripes = new Object[STRIPES];

    MemoryTier(String name, long maxEntries, Duration longest) {
        CaffeineCacheInfo info = new CaffeineCacheInfo();
        info.name = name;
        info.maximumSize = maxEntries;
        info.expireAfterWrite = longest;
        this.cache = new CaffeineCacheImpl(info, false);
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Object();
        }
    }

    /** The entry or what will become of it; null: nothing there. It may have expired. */
    @Nullable
    CompletableFuture<Entry<V>> find(String key) {
        CompletableFuture<Holder<V>> present = cache.getIfPresent(key);
        return present == null ? null : present.join().future;
    }

    /** What is there and has not expired, or a new future that the caller has to complete. */
    Slot<V> claim(String key) {
        synchronized (stripe(key)) {
            CompletableFuture<Entry<V>> present = find(key);
            if (present != null && !hasExpired(present)) {
                return new Slot<>(present, false);
            }
            CompletableFuture<Entry<V>> promised = new CompletableFuture<>();
            cache.put(key, held(promised));
            return new Slot<>(promised, true);
        }
    }

    void put(String key, Entry<V> entry) {
        synchronized (stripe(key)) {
            cache.put(key, held(CompletableFuture.completedFuture(entry)));
        }
    }

    void remove(String key) {
        await(cache.invalidate(key).subscribeAsCompletionStage());
    }

    /** Removes a future that is still the one there. */
    void removeIf(String key, CompletableFuture<Entry<V>> future) {
        synchronized (stripe(key)) {
            if (find(key) == future) {
                remove(key);
            }
        }
    }

    /** Removes the keys of which {@code pattern} is true. Looks at all of them. */
    void removeMatching(KeyPattern pattern) {
        await(cache.invalidateIf(key -> pattern.matches((String) key)).subscribeAsCompletionStage());
    }

    void clear() {
        await(cache.invalidateAll().subscribeAsCompletionStage());
    }

    /** About how many entries there are, loads under way included. */
    long size() {
        return cache.getSize();
    }

    /** The interface of quarkus-cache, for what measures it. */
    CaffeineCache bare() {
        return cache;
    }

    private static <V> CompletableFuture<Holder<V>> held(CompletableFuture<Entry<V>> future) {
        return CompletableFuture.completedFuture(new Holder<>(future));
    }

    private static <V> boolean hasExpired(CompletableFuture<Entry<V>> future) {
        return future.isCompletedExceptionally()
                || (future.isDone() && !future.join().isValid());
    }

    private Object stripe(String key) {
        return stripes[Math.floorMod(key.hashCode(), STRIPES)];
    }

    /** The memory is at hand: what is asked of it is done when the call returns. */
    private static void await(CompletionStage<?> done) {
        done.toCompletableFuture().join();
    }
}
