package io.penstock.common.cache;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.cache.CacheCounters.Count;
import io.penstock.common.cache.MemoryTier.Entry;
import io.penstock.common.cache.MemoryTier.Slot;
import io.penstock.common.cache.RemoteCache.Lookup;
import io.penstock.common.loop.Backoff;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One cache over its tiers; see the package for the way of a read. Made by {@link TieredCaches}.
 *
 * <p>Answers come where the caller is: on its event loop, if it is on one. A null answer means that the loader found
 * nothing. What the loader fails with, the callers that wait for it fail with, and nothing is remembered of it.
 */
public final class TieredCache<K, V> {

    private static final Logger LOG = Logger.getLogger(TieredCache.class);

    /** Pauses between looks whether another process has loaded a key. */
    private static final Backoff LOOK_AGAIN = Backoff.ofMillis(10, 100);

    /** Entries that belong to entries that belong to … */
    private static final int MAX_CASCADE = 8;

    private static final int MAX_TAGS = 20;

    private final CacheDefinition<K, V> definition;
    private final CachePolicy policy;
    private final RemoteCache remote;
    private final CacheNode node;
    private final ValueEnvelope<V> envelope;
    private final MemoryTier<V> memory;
    private final CacheCounters counters = new CacheCounters();
    private final LongAdder memoryHits = counters.of(Count.MEMORY_HITS);
    private final LongAdder redisHits = counters.of(Count.REDIS_HITS);
    private final MissedKeys missed = new MissedKeys();
    private final AtomicLong tokens = new AtomicLong();
    private final boolean inMemory;
    private final boolean inRedis;

    TieredCache(
            CacheDefinition<K, V> definition,
            CachePolicy policy,
            RemoteCache remote,
            CacheNode node,
            ObjectMapper mapper) {
        this.definition = definition;
        this.policy = policy;
        this.remote = remote;
        this.node = node;
        this.envelope =
                new ValueEnvelope<>(mapper, definition.valueClass(), definition.version(), policy.maxValueBytes());
        this.memory = new MemoryTier<>("penstock-" + definition.name(), policy.maxEntries(), policy.memoryTtl());
        this.inMemory = policy.tier().inMemory();
        this.inRedis = policy.tier().inRedis();
    }

    public String name() {
        return definition.name();
    }

    public CacheDefinition<K, V> definition() {
        return definition;
    }

    public CachePolicy policy() {
        return policy;
    }

    /** What happened since the process has started. */
    public CacheStats stats() {
        return counters.snapshot();
    }

    /** Entries in the memory of this process, about. */
    public long memorySize() {
        return memory.size();
    }

    MissedKeys missed() {
        return missed;
    }

    MemoryTier<V> memory() {
        return memory;
    }

    // Reading

    /** The value, from wherever it is found first. Null: there is none. */
    public Uni<@Nullable V> get(K key) {
        return Uni.createFrom().deferred(() -> look(key));
    }

    private Uni<@Nullable V> look(K key) {
        String text = definition.keyOf(key);
        if (inMemory) {
            CompletableFuture<Entry<V>> present = memory.find(text);
            if (present != null) {
                Entry<V> entry = valid(present);
                if (entry != null) {
                    memoryHits.increment();
                    return Uni.createFrom().item(entry.value());
                }
            }
        }
        return inMemory || node.isInDoubt(text) ? shared(key, text) : lookInRedis(key, text);
    }

    /** Where nothing is kept in memory a hit needs none of what callers share. */
    private Uni<@Nullable V> lookInRedis(K key, String text) {
        return remote.get(text).onItemOrFailure().transformToUni((stored, failure) -> {
            if (failure != null) {
                noteError(failure);
            } else if (stored != null) {
                Optional<ValueEnvelope.Opened<V>> opened = opened(stored);
                if (opened.isPresent()) {
                    redisHits.increment();
                    return Uni.createFrom().item(opened.get().value());
                }
            }
            return shared(key, text);
        });
    }

    /** Whoever comes first brings the value, the others wait for it. */
    private Uni<@Nullable V> shared(K key, String text) {
        Slot<V> slot = memory.claim(text);
        if (!slot.own()) {
            memoryHits.increment();
        } else {
            counters.of(Count.MEMORY_MISSES).add(inMemory ? 1 : 0);
            bring(key, text, slot.future());
        }
        return answer(slot.future());
    }

    private static <V> @Nullable Entry<V> valid(CompletableFuture<Entry<V>> present) {
        if (!present.isDone() || present.isCompletedExceptionally()) {
            return null;
        }
        Entry<V> entry = present.join();
        return entry.isValid() ? entry : null;
    }

    /** One caller that gives up must not end the load of all; each hears of it where it is. */
    private Uni<@Nullable V> answer(CompletableFuture<Entry<V>> future) {
        Context caller = Vertx.currentContext();
        return Uni.createFrom().emitter(emitter -> {
            var unused = future.whenComplete((entry, failure) -> {
                Runnable tell = () -> {
                    if (failure != null) {
                        emitter.fail(unwrapped(failure));
                    } else {
                        emitter.complete(entry.value());
                    }
                };
                if (caller == null || Vertx.currentContext() == caller) {
                    tell.run();
                } else {
                    caller.runOnContext(turn -> tell.run());
                }
            });
        });
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Finds the value and completes the future with it. */
    private void bring(K key, String text, CompletableFuture<Entry<V>> future) {
        Uni.createFrom()
                .deferred(() -> inRedis && !node.isInDoubt(text) ? fromRedis(key, text) : load(key, text))
                .subscribe()
                .with(entry -> settled(text, future, entry), failure -> failed(text, future, failure));
    }

    private void settled(String text, CompletableFuture<Entry<V>> future, Entry<V> entry) {
        // Before its callers hear of it: the next one must find what they got, or look anew.
        if (!inMemory) {
            memory.removeIf(text, future);
        }
        future.complete(entry);
    }

    private void failed(String text, CompletableFuture<Entry<V>> future, Throwable failure) {
        memory.removeIf(text, future);
        future.completeExceptionally(failure);
    }

    private Uni<Entry<V>> fromRedis(K key, String text) {
        return remote.get(text)
                .map(stored -> opened(stored))
                .onFailure()
                .recoverWithItem(failure -> {
                    noteError(failure);
                    return null;
                })
                .chain(found -> {
                    if (found == null) {
                        // Without Redis there is nobody to take turns with.
                        return load(key, text);
                    }
                    if (found.isPresent()) {
                        counters.of(Count.REDIS_HITS).increment();
                        return Uni.createFrom().item(entryOf(found.get()));
                    }
                    counters.of(Count.REDIS_MISSES).increment();
                    return takeTurn(key, text, System.nanoTime() + policy.lock().toNanos(), 1);
                });
    }

    private Optional<ValueEnvelope.Opened<V>> opened(byte @Nullable [] stored) {
        if (stored == null) {
            return Optional.empty();
        }
        Optional<ValueEnvelope.Opened<V>> opened = envelope.open(stored);
        if (opened.isEmpty()) {
            counters.of(Count.UNREADABLE).increment();
        }
        return opened;
    }

    /** Loads the key, unless another process does: then waits for it, but not for ever. */
    private Uni<Entry<V>> takeTurn(K key, String text, long giveUpNanos, int looks) {
        String token = node.id() + "-" + tokens.incrementAndGet();
        return remote.lock(text, token, policy.lock(), tagsOf(key), policy.ttl())
                .onFailure()
                .recoverWithItem(failure -> {
                    noteError(failure);
                    return new Lookup.Busy(Duration.ZERO);
                })
                .chain(lookup -> {
                    if (lookup instanceof Lookup.Locked) {
                        return loadAndFill(key, text, token);
                    }
                    if (lookup instanceof Lookup.Found found) {
                        return filledByAnother(key, text, found);
                    }
                    Duration left = ((Lookup.Busy) lookup).left();
                    return left.isZero() || System.nanoTime() - giveUpNanos > 0
                            ? load(key, text)
                            : lookAgain(key, text, giveUpNanos, looks);
                });
    }

    private Uni<Entry<V>> filledByAnother(K key, String text, Lookup.Found found) {
        Optional<ValueEnvelope.Opened<V>> opened = opened(found.value());
        if (opened.isPresent()) {
            counters.of(Count.REDIS_HITS).increment();
            return Uni.createFrom().item(entryOf(opened.get()));
        }
        // Unreadable here, perhaps not elsewhere: it stays until it is overwritten or expires.
        return load(key, text);
    }

    private Uni<Entry<V>> lookAgain(K key, String text, long giveUpNanos, int looks) {
        return Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(LOOK_AGAIN.pause(looks))
                .chain(() -> takeTurn(key, text, giveUpNanos, looks + 1));
    }

    private Uni<Entry<V>> loadAndFill(K key, String text, String token) {
        return loaded(key, text)
                .onFailure()
                .call(failure -> remote.release(text, token).onFailure().recoverWithNull())
                .invoke(value -> fill(text, token, value))
                .map(this::fresh);
    }

    /** Not waited for: the callers have what they asked for. */
    private void fill(String text, String token, @Nullable V value) {
        Duration ttl = policy.jittered(value == null ? policy.negativeTtl().plusMillis(1) : policy.ttl());
        Optional<byte[]> sealed = value == null && policy.negativeTtl().isZero() ? Optional.empty() : seal(value, ttl);
        Uni<Boolean> stored = sealed.isPresent()
                ? remote.fill(text, token, sealed.get(), ttl)
                : remote.release(text, token).replaceWith(true);
        stored.subscribe()
                .with(
                        done -> {
                            if (!done) {
                                counters.of(Count.REFUSED).increment();
                                memory.remove(text);
                            }
                        },
                        this::noteError);
    }

    private Uni<Entry<V>> load(K key, String text) {
        return loaded(key, text).map(this::fresh);
    }

    private Uni<@Nullable V> loaded(K key, String text) {
        return timed(
                () -> {
                    missed.add(text);
                    return definition.loader().apply(key);
                },
                text,
                1);
    }

    private <T extends @Nullable Object> Uni<T> timed(Supplier<Uni<T>> loader, String what, int keys) {
        return Uni.createFrom().deferred(() -> {
            long begin = System.nanoTime();
            counters.of(Count.LOADS).add(keys);
            return Uni.createFrom()
                    .<T>deferred(loader::get)
                    .ifNoItem()
                    .after(policy.loadTimeout())
                    .failWith(() -> new CacheLoadException(name(), what, policy.loadTimeout()))
                    .onFailure()
                    .invoke(failure -> counters.of(Count.LOAD_FAILURES).add(keys))
                    .onTermination()
                    .invoke(() -> counters.of(Count.LOAD_TIME).add(System.nanoTime() - begin));
        });
    }

    private Entry<V> entryOf(ValueEnvelope.Opened<V> opened) {
        long left = opened.validUntilMs() - node.nowMillis();
        // A clock that is wrong here or there makes copies in memory short, never long.
        return entry(opened.value(), Duration.ofMillis(Math.max(0, left)));
    }

    private Entry<V> fresh(@Nullable V value) {
        return entry(value, value == null ? policy.negativeTtl() : policy.ttl());
    }

    private Entry<V> entry(@Nullable V value, Duration valid) {
        Duration longest = inRedis && !node.hears() ? policy.blindTtl() : policy.memoryTtl();
        Duration life = valid.compareTo(longest) < 0 ? valid : policy.jittered(longest);
        return new Entry<>(value, System.nanoTime() + (life.isZero() ? 0 : life.toNanos()));
    }

    /**
     * The values of many keys, those that were found. One look into memory each, then one round trip for all the others;
     * what is in no tier is loaded together where the cache can do that.
     */
    public Uni<Map<K, V>> getAll(Collection<K> keys) {
        return Uni.createFrom().deferred(() -> {
            Map<K, CompletableFuture<Entry<V>>> asked = new LinkedHashMap<>();
            Map<K, CompletableFuture<Entry<V>>> own = new LinkedHashMap<>();
            for (K key : new java.util.LinkedHashSet<>(keys)) {
                String text = definition.keyOf(key);
                Slot<V> slot = memory.claim(text);
                asked.put(key, slot.future());
                if (slot.own()) {
                    own.put(key, slot.future());
                    counters.of(Count.MEMORY_MISSES).add(inMemory ? 1 : 0);
                } else {
                    memoryHits.increment();
                }
            }
            bringAll(own);
            return collected(asked);
        });
    }

    private Uni<Map<K, V>> collected(Map<K, CompletableFuture<Entry<V>>> asked) {
        List<Uni<@Nullable V>> answers =
                asked.values().stream().map(this::answer).toList();
        if (answers.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        return Uni.join().all(answers).andFailFast().map(values -> {
            Map<K, V> found = new LinkedHashMap<>();
            int i = 0;
            for (K key : asked.keySet()) {
                V value = values.get(i++);
                if (value != null) {
                    found.put(key, value);
                }
            }
            return found;
        });
    }

    private void bringAll(Map<K, CompletableFuture<Entry<V>>> own) {
        if (own.isEmpty()) {
            return;
        }
        List<K> keys = List.copyOf(own.keySet());
        List<String> texts = keys.stream().map(definition::keyOf).toList();
        Uni<List<byte @Nullable []>> stored = inRedis
                ? remote.getAll(texts).onFailure().invoke(this::noteError)
                : Uni.createFrom().failure(new CacheAwayException("not in Redis"));
        stored.onFailure().recoverWithItem(List.of()).subscribe().with(found -> {
            Map<K, CompletableFuture<Entry<V>>> left = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                CompletableFuture<Entry<V>> future = Objects.requireNonNull(own.get(keys.get(i)));
                boolean trusted = !found.isEmpty() && !node.isInDoubt(texts.get(i));
                Optional<ValueEnvelope.Opened<V>> opened = trusted ? opened(found.get(i)) : Optional.empty();
                if (opened.isPresent()) {
                    counters.of(Count.REDIS_HITS).increment();
                    settled(texts.get(i), future, entryOf(opened.get()));
                } else {
                    counters.of(Count.REDIS_MISSES).add(found.isEmpty() ? 0 : 1);
                    left.put(keys.get(i), future);
                }
            }
            loadAll(left, !found.isEmpty());
        });
    }

    private void loadAll(Map<K, CompletableFuture<Entry<V>>> left, boolean redisAnswers) {
        if (left.isEmpty()) {
            return;
        }
        if (definition.bulkLoader().isEmpty()) {
            left.forEach((key, future) -> {
                String text = definition.keyOf(key);
                Uni<Entry<V>> load = redisAnswers
                        ? takeTurn(key, text, System.nanoTime() + policy.lock().toNanos(), 1)
                        : load(key, text);
                load.subscribe().with(entry -> settled(text, future, entry), failure -> failed(text, future, failure));
            });
            return;
        }
        if (!redisAnswers) {
            loadTogether(left, Map.of());
            return;
        }
        lockAll(left);
    }

    /** Loads together what nobody else loads; waits for the others one by one. */
    private void lockAll(Map<K, CompletableFuture<Entry<V>>> left) {
        String token = node.id() + "-" + tokens.incrementAndGet();
        List<K> keys = List.copyOf(left.keySet());
        List<Uni<Lookup>> locks = keys.stream()
                .map(key -> remote.lock(definition.keyOf(key), token, policy.lock(), tagsOf(key), policy.ttl())
                        .onFailure()
                        .invoke(this::noteError)
                        .onFailure()
                        .recoverWithItem(new Lookup.Busy(Duration.ZERO)))
                .toList();
        Uni.join().all(locks).andFailFast().subscribe().with(lookups -> {
            Map<K, CompletableFuture<Entry<V>>> mine = new LinkedHashMap<>();
            Map<K, String> tokensOf = new HashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                K key = keys.get(i);
                CompletableFuture<Entry<V>> future = Objects.requireNonNull(left.get(key));
                Lookup lookup = lookups.get(i);
                if (lookup instanceof Lookup.Locked) {
                    mine.put(key, future);
                    tokensOf.put(key, token);
                } else if (lookup instanceof Lookup.Busy busy && busy.left().isZero()) {
                    mine.put(key, future);
                } else {
                    bring(key, definition.keyOf(key), future);
                }
            }
            loadTogether(mine, tokensOf);
        });
    }

    private void loadTogether(Map<K, CompletableFuture<Entry<V>>> mine, Map<K, String> tokensOf) {
        if (mine.isEmpty()) {
            return;
        }
        List<K> keys = List.copyOf(mine.keySet());
        keys.forEach(key -> missed.add(definition.keyOf(key)));
        timed(() -> definition.bulkLoader().orElseThrow().apply(keys), keys.size() + " keys", keys.size())
                .subscribe()
                .with(
                        found -> mine.forEach((key, future) -> {
                            String text = definition.keyOf(key);
                            V value = found.get(key);
                            String token = tokensOf.get(key);
                            if (token != null) {
                                fill(text, token, value);
                            }
                            settled(text, future, fresh(value));
                        }),
                        failure -> mine.forEach((key, future) -> {
                            String text = definition.keyOf(key);
                            String token = tokensOf.get(key);
                            if (token != null) {
                                remote.release(text, token).subscribe().with(done -> {}, this::noteError);
                            }
                            failed(text, future, failure);
                        }));
    }

    // Writing

    /** Stores a value in the cache alone, for the lifetime of its kind. */
    public Uni<Void> set(K key, V value) {
        return set(key, value, policy.ttl(), Set.of());
    }

    /**
     * Stores a value in the cache alone.
     *
     * @param ttl 1 ms to 366 days
     * @param tags besides those that the key has: {@link #invalidateTag} removes the entry
     */
    public Uni<Void> set(K key, V value, Duration ttl, Set<String> tags) {
        CachePolicy.requireTtl(name(), "ttl", ttl);
        if (value == null) {
            throw new IllegalArgumentException(
                    "cache " + name() + ": a value must not be null; invalidate the key instead");
        }
        return Uni.createFrom().deferred(() -> {
            String text = definition.keyOf(key);
            Duration life = policy.jittered(ttl);
            Optional<byte[]> sealed = inRedis ? seal(value, life) : Optional.empty();
            if (inRedis && sealed.isEmpty()) {
                // Too large to be cached: at least nobody must see the value from before.
                return invalidate(key);
            }
            if (inMemory) {
                memory.put(text, entry(value, life));
            } else {
                memory.remove(text);
            }
            Invalidation told = Invalidation.ofKeys(node.id(), List.of(text));
            Uni<Void> stored = sealed.isPresent()
                    ? remote.put(text, sealed.get(), life, allTags(key, tags), policy.ttl(), told)
                    : remote.tell(told);
            return stored.onFailure()
                    .invoke(failure -> doubt(failure, text))
                    .onFailure()
                    .recoverWithNull();
        });
    }

    /** First into the database, then into the cache. Fails, without a change of the cache, where the database refuses. */
    public Uni<Void> writeThrough(K key, V value) {
        return Uni.createFrom().deferred(() -> writer().apply(key, value)).chain(() -> set(key, value));
    }

    /** For {@link WriteBehind}: what was written for good. */
    Uni<Void> write(K key, V value) {
        return writer().apply(key, value);
    }

    private java.util.function.BiFunction<K, V, Uni<Void>> writer() {
        return definition
                .writer()
                .orElseThrow(() -> new IllegalStateException("cache " + name() + " has no writer to the database"));
    }

    /** Removes an entry everywhere, and what belongs to it. */
    public Uni<Void> invalidate(K key) {
        return invalidateAll(List.of(key));
    }

    /** Removes entries everywhere, and what belongs to them. */
    public Uni<Void> invalidateAll(Collection<K> keys) {
        return Uni.createFrom().deferred(() -> {
            List<String> texts = keys.stream().map(definition::keyOf).distinct().toList();
            return node.remove(texts)
                    .onFailure()
                    .invoke(this::noteError)
                    .onFailure()
                    .recoverWithNull();
        });
    }

    /** A tag for whatever is made of an entry: entries that carry it go when the entry is invalidated. */
    public String tagOf(K key) {
        return CacheKeys.tagOf(definition.keyOf(key));
    }

    /** Removes the entries, of all caches, that carry a tag, and what belongs to them. */
    public Uni<Void> invalidateTag(String tag) {
        return node.removeTagged(tag, MAX_CASCADE)
                .onFailure()
                .invoke(this::noteError)
                .onFailure()
                .recoverWithNull()
                .replaceWithVoid();
    }

    // Warming up

    /**
     * Loads the most popular keys that are not cached, in batches with a pause between, so that the database has time for
     * others.
     *
     * @return how many keys were looked at
     * @throws IllegalStateException where the cache does not know which keys are popular
     */
    public Uni<Integer> warmUp(int most, int batch, Duration pause) {
        var popular = definition
                .popular()
                .orElseThrow(
                        () -> new IllegalStateException("cache " + name() + " does not know which keys are popular"));
        if (most < 1 || batch < 1 || pause.isNegative()) {
            throw new IllegalArgumentException(
                    "a warm-up needs 1 key or more, batches of 1 or more and a pause of 0 or more");
        }
        return popular.apply(most).chain(keys -> warmUp(keys, 0, batch, pause));
    }

    private Uni<Integer> warmUp(List<K> keys, int from, int batch, Duration pause) {
        if (from >= keys.size()) {
            return Uni.createFrom().item(keys.size());
        }
        int to = Math.min(keys.size(), from + batch);
        Uni<Map<K, V>> piece = getAll(keys.subList(from, to));
        Uni<Map<K, V>> paused = pause.isZero() || to == keys.size()
                ? piece
                : piece.onItem().delayIt().by(pause);
        return paused.chain(done -> warmUp(keys, to, batch, pause));
    }

    // Hearing of changes

    /** On any thread. */
    void forget(Invalidation invalidation) {
        switch (invalidation.kind()) {
            case KEYS ->
                invalidation.words().stream()
                        .filter(key -> key.startsWith(definition.prefix()))
                        .forEach(memory::remove);
            case PATTERN ->
                memory.removeMatching(new KeyPattern(invalidation.words().get(0)));
            case EVERYTHING -> memory.clear();
        }
    }

    private Set<String> tagsOf(K key) {
        return allTags(key, Set.of());
    }

    private Set<String> allTags(K key, Set<String> more) {
        Set<String> own = definition.tags().apply(key);
        if (own.isEmpty()) {
            return checked(more);
        }
        Set<String> all = new HashSet<>(own);
        all.addAll(more);
        return checked(all);
    }

    private Set<String> checked(Set<String> tags) {
        if (tags.size() > MAX_TAGS) {
            throw new IllegalArgumentException("cache " + name() + ": an entry has at most " + MAX_TAGS + " tags");
        }
        return tags;
    }

    private Optional<byte[]> seal(@Nullable V value, Duration ttl) {
        try {
            Optional<byte[]> sealed = envelope.seal(value, node.nowMillis() + ttl.toMillis());
            if (sealed.isEmpty()) {
                counters.of(Count.TOO_LARGE).increment();
            }
            return sealed;
        } catch (IOException e) {
            counters.of(Count.UNREADABLE).increment();
            LOG.warnf(
                    "cache %s cannot store values of %s: %s",
                    name(), definition.valueClass().getName(), e.getMessage());
            return Optional.empty();
        }
    }

    /** What could not be told is told when Redis is back; until then this process does not believe what is stored there. */
    private void doubt(Throwable failure, String text) {
        noteError(failure);
        node.doubt(List.of(text));
    }

    private void noteError(Throwable failure) {
        counters.of(Count.ERRORS).increment();
        if (!(failure instanceof CacheAwayException)) {
            LOG.debugf("cache %s: %s", name(), failure);
        }
    }

    /** Keys of a list, in lists of bounded length. */
    static List<List<String>> pieces(List<String> keys, int length) {
        List<List<String>> pieces = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += length) {
            pieces.add(keys.subList(from, Math.min(keys.size(), from + length)));
        }
        return pieces;
    }
}
