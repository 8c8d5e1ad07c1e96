package io.penstock.common.cache;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tier that processes share, and what they tell one another. No call waits longer than {@link CacheConfig#redisWait()}; while
 * the store is away calls fail at once, with {@link CacheAwayException}.
 */
public interface RemoteCache {

    /** What a process learns that has missed a key. */
    sealed interface Lookup {

        /** Another process has filled it meanwhile. */
        @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
        record Found(byte[] value) implements Lookup {}

        /** This process is to load it, and nobody else does. */
        record Locked() implements Lookup {}

        /** Another process loads it, for this much longer at most. */
        record Busy(Duration left) implements Lookup {}
    }

    /** Told of changes by other processes. On any thread; must not block. */
    interface Listener {

        void heard(Invalidation invalidation);

        /** From now on changes are heard of. Some may have been missed before. */
        void connected();

        /** From now on they are not. */
        void lost();
    }

    /** Null: nothing there. */
    Uni<byte @Nullable []> get(String key);

    /** In the order of the keys, in one round trip to each server; null where there is nothing. */
    Uni<List<byte @Nullable []>> getAll(List<String> keys);

    /** Takes the right to load a key, together with its tags, unless it is there or being loaded. */
    Uni<Lookup> lock(String key, String token, Duration lock, Set<String> tags, Duration tagTtl);

    /** Stores what was loaded and gives the right back. False: the entry was changed meanwhile, and nothing is stored. */
    Uni<Boolean> fill(String key, String token, byte[] value, Duration ttl);

    /** Gives the right to load back, without a value. */
    Uni<Void> release(String key, String token);

    /** Stores, refuses what is being loaded, and tells the others. */
    Uni<Void> put(String key, byte[] value, Duration ttl, Set<String> tags, Duration tagTtl, Invalidation told);

    /** Removes keys, refuses what is being loaded, and tells the others. */
    Uni<Void> remove(Collection<String> keys, Invalidation told);

    /** Removes what matches, a piece at a time, and tells the others. Answers how many entries went. */
    Uni<Long> removeMatching(KeyPattern pattern, Invalidation told);

    /** Keys that carry a tag; a thousand at most, the tag forgets them. */
    Uni<List<String>> takeTagged(String tag);

    /** Tells the others without storing anything. */
    Uni<Void> tell(Invalidation told);

    /** Adds to how often keys were missed. */
    Uni<Void> addMissed(String cache, Map<String, Long> missed);

    /** The keys that were missed most, the worst first, with how often. */
    Uni<Map<String, Long>> mostMissed(String cache, int most);

    /** What the servers say of themselves, and of a sample of their keys. */
    Uni<RemoteFigures> figures(int sample);

    void listen(Listener listener);

    /** Whether the store answers, as far as is known. */
    boolean answers();
}
