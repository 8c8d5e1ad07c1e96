package io.penstock.common.cache;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a cache holds and where it comes from. Values are shared between callers: they must not be changed, so use records.
 * Both classes are read and written as JSON, and need {@code @RegisterForReflection} for native executables.
 *
 * @param name lower case letters, digits and {@code -}
 * @param prefix what every key of the cache begins with, such as {@code product:price:}
 * @param key the key of an entry, from {@link CacheKeys}
 * @param version of the form of the values: raised when older ones can no longer be read
 * @param loader where a value comes from; null where there is none
 * @param bulkLoader many at once, absent ones left out; else the loader is called for each
 * @param writer stores a value for good; for write-through and write-behind
 * @param popular the keys that are asked for most, the most popular first; for warming up
 * @param tags what an entry belongs to, derived from its key alone, so that a tag reaches a load under way
 */
public record CacheDefinition<K, V>(
        String name,
        Class<K> keyClass,
        Class<V> valueClass,
        Ttl ttl,
        Tier tier,
        String prefix,
        Function<K, String> key,
        int version,
        Function<K, Uni<@Nullable V>> loader,
        Optional<Function<List<K>, Uni<Map<K, V>>>> bulkLoader,
        Optional<BiFunction<K, V, Uni<Void>>> writer,
        Optional<IntFunction<Uni<List<K>>>> popular,
        Function<K, Set<String>> tags) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,60}");
    private static final int MAX_VERSION = 65_535;

    public CacheDefinition {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("cache name '" + name + "' must match " + NAME.pattern());
        }
        // The same rules as for patterns: whatever a cache holds can be invalidated.
        new KeyPattern(prefix + "*");
        if (!prefix.endsWith(":")) {
            throw new IllegalArgumentException("the prefix of cache " + name + " must end with ':'");
        }
        if (version < 1 || version > MAX_VERSION) {
            throw new IllegalArgumentException("the version of cache " + name + " must be 1 to " + MAX_VERSION);
        }
    }

    /** In both tiers, without anything optional. */
    public static <K, V> CacheDefinition<K, V> of(
            String name,
            Class<K> keyClass,
            Class<V> valueClass,
            Ttl ttl,
            String prefix,
            Function<K, String> key,
            Function<K, Uni<@Nullable V>> loader) {
        return new CacheDefinition<>(
                name,
                keyClass,
                valueClass,
                ttl,
                Tier.HYBRID,
                prefix,
                key,
                1,
                loader,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                any -> Set.of());
    }

    public CacheDefinition<K, V> in(Tier newTier) {
        return new CacheDefinition<>(
                name,
                keyClass,
                valueClass,
                ttl,
                newTier,
                prefix,
                key,
                version,
                loader,
                bulkLoader,
                writer,
                popular,
                tags);
    }

    public CacheDefinition<K, V> version(int newVersion) {
        return new CacheDefinition<>(
                name,
                keyClass,
                valueClass,
                ttl,
                tier,
                prefix,
                key,
                newVersion,
                loader,
                bulkLoader,
                writer,
                popular,
                tags);
    }

    public CacheDefinition<K, V> loadingInBulk(Function<List<K>, Uni<Map<K, V>>> load) {
        return new CacheDefinition<>(
                name,
                keyClass,
                valueClass,
                ttl,
                tier,
                prefix,
                key,
                version,
                loader,
                Optional.of(load),
                writer,
                popular,
                tags);
    }

    public CacheDefinition<K, V> writingTo(BiFunction<K, V, Uni<Void>> write) {
        return new CacheDefinition<>(
                name,
                keyClass,
                valueClass,
                ttl,
                tier,
                prefix,
                key,
                version,
                loader,
                bulkLoader,
                Optional.of(write),
                popular,
                tags);
    }

    public CacheDefinition<K, V> warmedUpBy(IntFunction<Uni<List<K>>> mostPopular) {
        return new CacheDefinition<>(
                name,
                keyClass,
                valueClass,
                ttl,
                tier,
                prefix,
                key,
                version,
                loader,
                bulkLoader,
                writer,
                Optional.of(mostPopular),
                tags);
    }

    public CacheDefinition<K, V> taggedBy(Function<K, Set<String>> tagsOfKey) {
        return new CacheDefinition<>(
                name,
                keyClass,
                valueClass,
                ttl,
                tier,
                prefix,
                key,
                version,
                loader,
                bulkLoader,
                writer,
                popular,
                tagsOfKey);
    }

    /** The key of an entry. Fails where it is not one of this cache: another cache would be invalidated by it. */
    String keyOf(K of) {
        String text = key.apply(of);
        if (!text.startsWith(prefix)) {
            throw new IllegalArgumentException("key " + text + " of cache " + name + " does not begin with " + prefix);
        }
        return text;
    }
}
