package io.penstock.common.cache;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * This process among those that share the caches: hears what others have changed, and tells them what it has.
 *
 * <p>While it cannot hear, nothing that was in memory before can be trusted: it is dropped at the loss of the connection,
 * and again when the connection is back. What could not be told is remembered, not believed meanwhile, and told when
 * Redis is back; a process that dies before leaves the old value in Redis for the rest of its lifetime.
 */
final class CacheNode implements RemoteCache.Listener {

    private static final Logger LOG = Logger.getLogger(CacheNode.class);

    /** Keys that wait to be told; beyond it everything is invalidated instead. */
    private static final int MOST_DOUBTED = 10_000;

    /** Entries of one tag that are removed at once; the tag is asked again for the rest. */
    private static final int MOST_ROUNDS = 10_000;

    private final String id = UUID.randomUUID().toString().substring(0, 8);
    private final RemoteCache remote;
    private final InstantSource clock;
    private final List<TieredCache<?, ?>> caches = new CopyOnWriteArrayList<>();
    private final Set<String> doubted = new LinkedHashSet<>();
    private volatile boolean anyDoubt;
    private volatile boolean everythingInDoubt;
    private volatile boolean hears;
    private final AtomicBoolean telling = new AtomicBoolean();

    CacheNode(RemoteCache remote, InstantSource clock) {
        this.remote = remote;
        this.clock = clock;
    }

    void start() {
        remote.listen(this);
    }

    void add(TieredCache<?, ?> cache) {
        caches.add(cache);
    }

    String id() {
        return id;
    }

    long nowMillis() {
        return clock.millis();
    }

    /** Whether changes that other processes make are heard of. */
    boolean hears() {
        return hears;
    }

    @Override
    public void heard(Invalidation invalidation) {
        if (!invalidation.sender().equals(id)) {
            caches.forEach(cache -> cache.forget(invalidation));
        }
    }

    @Override
    public void connected() {
        dropMemory();
        hears = true;
        tellDoubts().subscribe().with(done -> {}, failure -> LOG.debugf("not told yet: %s", failure));
    }

    @Override
    public void lost() {
        hears = false;
        dropMemory();
    }

    private void dropMemory() {
        Invalidation everything = Invalidation.ofEverything(id);
        caches.stream().filter(cache -> cache.policy().tier().inRedis()).forEach(cache -> cache.forget(everything));
    }

    /** Removes keys from every tier of every process, with all that belongs to them. */
    Uni<Void> remove(List<String> keys) {
        return removeCascade(keys, new HashSet<>(keys), 8);
    }

    private Uni<Void> removeCascade(List<String> keys, Set<String> seen, int depth) {
        if (keys.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<Uni<Void>> pieces = TieredCache.pieces(keys, Invalidation.MOST_KEYS).stream()
                .map(this::removeTold)
                .toList();
        Uni<Void> removed = Uni.join().all(pieces).andCollectFailures().replaceWithVoid();
        if (depth == 0) {
            return removed;
        }
        List<Uni<List<String>>> tagged = keys.stream()
                .map(key -> remote.takeTagged(CacheKeys.tagOf(key)))
                .toList();
        return removed.chain(() -> Uni.join().all(tagged).usingConcurrencyOf(32).andFailFast())
                .map(lists -> {
                    List<String> next = new ArrayList<>();
                    lists.forEach(list -> list.stream().filter(seen::add).forEach(next::add));
                    return next;
                })
                .chain(next -> removeCascade(next, seen, depth - 1));
    }

    private Uni<Void> removeTold(List<String> keys) {
        Invalidation told = Invalidation.ofKeys(id, keys);
        caches.forEach(cache -> cache.forget(told));
        return remote.remove(keys, told)
                // Again: a load that began before may have ended meanwhile.
                .invoke(() -> caches.forEach(cache -> cache.forget(told)))
                .onFailure()
                .invoke(() -> doubt(keys));
    }

    Uni<Void> removeTagged(String tag, int depth) {
        return removeTaggedPiece(tag, depth, MOST_ROUNDS);
    }

    private Uni<Void> removeTaggedPiece(String tag, int depth, int roundsLeft) {
        return remote.takeTagged(tag)
                .chain(keys -> keys.isEmpty() || roundsLeft == 0
                        ? Uni.createFrom().voidItem()
                        : removeCascade(keys, new HashSet<>(keys), depth)
                                .chain(() -> removeTaggedPiece(tag, depth, roundsLeft - 1)));
    }

    /** Answers how many entries Redis held. */
    Uni<Long> removeMatching(KeyPattern pattern) {
        Invalidation told = Invalidation.ofPattern(id, pattern);
        caches.forEach(cache -> cache.forget(told));
        return remote.removeMatching(pattern, told).invoke(() -> caches.forEach(cache -> cache.forget(told)));
    }

    // What could not be told

    boolean isInDoubt(String key) {
        if (!anyDoubt) {
            return false;
        }
        synchronized (doubted) {
            return everythingInDoubt || doubted.contains(key);
        }
    }

    void doubt(Collection<String> keys) {
        synchronized (doubted) {
            if (doubted.size() + keys.size() > MOST_DOUBTED) {
                doubted.clear();
                everythingInDoubt = true;
            } else if (!everythingInDoubt) {
                doubted.addAll(keys);
            }
            anyDoubt = true;
        }
    }

    /** Tells what could not be told before. Fails while Redis is away; nothing is lost by that. */
    Uni<Void> tellDoubts() {
        if (!anyDoubt || !telling.compareAndSet(false, true)) {
            return Uni.createFrom().voidItem();
        }
        List<String> keys;
        boolean everything;
        synchronized (doubted) {
            keys = List.copyOf(doubted);
            everything = everythingInDoubt;
        }
        return (everything ? removeEverything() : removeDoubted(keys))
                .invoke(() -> settle(keys, everything))
                .onTermination()
                .invoke(() -> telling.set(false));
    }

    private Uni<Void> removeDoubted(List<String> keys) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (List<String> piece : TieredCache.pieces(keys, Invalidation.MOST_KEYS)) {
            all = all.chain(() -> remote.remove(piece, Invalidation.ofKeys(id, piece)));
        }
        return all.invoke(() -> {
            Invalidation told = Invalidation.ofKeys(id, keys);
            caches.forEach(cache -> cache.forget(told));
        });
    }

    private Uni<Void> removeEverything() {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (TieredCache<?, ?> cache : caches) {
            all = all.chain(
                    () -> removeMatching(new KeyPattern(cache.definition().prefix() + "*"))
                            .replaceWithVoid());
        }
        return all;
    }

    private void settle(List<String> keys, boolean everything) {
        synchronized (doubted) {
            keys.forEach(doubted::remove);
            if (everything) {
                everythingInDoubt = false;
            }
            anyDoubt = everythingInDoubt || !doubted.isEmpty();
        }
    }

    /** How long after a failure the others are told again. */
    static Duration tellAgainAfter() {
        return Duration.ofMillis(500);
    }
}
