package io.penstock.common.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.queue.JobEnqueuer;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/** What is done for caches in jobs, from both ends: enqueued by whoever wants it done, performed by a handler. */
@ApplicationScoped
public class CacheBackground {

    /**
     * A burst of writes of one key becomes one write of the last value. Long enough for a burst, short beside what a user
     * would notice.
     */
    private static final Duration GATHER = Duration.ofMillis(500);

    private static final int MOST_WARMED = 1_000;
    private static final int BATCH = 50;
    private static final long PAUSE_MS = 100;

    private final TieredCaches caches;
    private final JobEnqueuer enqueuer;
    private final ObjectMapper mapper;
    private final WrittenKeys written;
    private final InstantSource clock = InstantSource.system();

    @Inject
    public CacheBackground(TieredCaches caches, JobEnqueuer enqueuer, WrittenKeys written, ObjectMapper mapper) {
        this.caches = caches;
        this.enqueuer = enqueuer;
        this.written = written;
        this.mapper = mapper;
    }

    /**
     * First into the queue, durably, then into the cache; a job writes it to the database, again and again until it
     * succeeds. Repeated writes of one key become one, of the last value by the clocks of the writers; while one runs the
     * next waits for it. Fails where the queue does not take the job: the cache is as it was then.
     */
    public <K, V> Uni<Void> writeBehind(TieredCache<K, V> cache, K key, V value) {
        return Uni.createFrom().deferred(() -> {
            if (cache.definition().writer().isEmpty()) {
                throw new IllegalStateException("cache " + cache.name() + " has no writer to the database");
            }
            String text = cache.definition().keyOf(key);
            JobOptions options = JobOptions.DEFAULT
                    .withUnique(Uniqueness.replacing("cache " + text))
                    .withGroup("cache-" + Integer.toHexString(text.hashCode()))
                    .withDelay(GATHER);
            return enqueuer.enqueue(
                            CacheJobs.WRITE_BEHIND,
                            new WriteBehind(cache.name(), json(key), json(value), nowMicros()),
                            options)
                    .chain(() -> cache.set(key, value));
        });
    }

    /** Performs {@link CacheJobs#WRITE_BEHIND}; false: a newer value has been written already, and nothing was done. */
    public Uni<Boolean> write(WriteBehind job) {
        return writeWith(cacheNamed(job.cache()), job);
    }

    private <K, V> Uni<Boolean> writeWith(TieredCache<K, V> cache, WriteBehind job) {
        CacheDefinition<K, V> definition = cache.definition();
        try {
            K key = mapper.readValue(job.key(), definition.keyClass());
            V value = mapper.readValue(job.value(), definition.valueClass());
            String text = definition.keyOf(key);
            return written.isNewer(text, job.writtenAt())
                    .chain(newer -> newer
                            ? Uni.createFrom().item(false)
                            : cache.write(key, value)
                                    .chain(() -> written.note(text, job.writtenAt()))
                                    .replaceWith(true));
        } catch (JsonProcessingException e) {
            // Not its message: it quotes the value.
            throw new UnrecoverableJobException("what was to be written to cache " + job.cache() + " cannot be read as "
                    + definition.valueClass().getName());
        }
    }

    /** Performs {@link CacheJobs#WARM_UP}; answers how many keys were looked at. */
    public Uni<Integer> warmUp(WarmUp job) {
        String strategy = Objects.requireNonNullElse(job.strategy(), WarmUp.POPULAR_FIRST);
        if (!strategy.equals(WarmUp.POPULAR_FIRST)) {
            throw new UnrecoverableJobException("strategy: must be " + WarmUp.POPULAR_FIRST);
        }
        TieredCache<?, ?> cache = cacheNamed(job.cache());
        if (cache.definition().popular().isEmpty()) {
            throw new UnrecoverableJobException("cache " + job.cache() + " does not know which keys are popular");
        }
        return cache.warmUp(
                Objects.requireNonNullElse(job.limit(), MOST_WARMED),
                Objects.requireNonNullElse(job.batch(), BATCH),
                Duration.ofMillis(Objects.requireNonNullElse(job.delayMs(), PAUSE_MS)));
    }

    /** Performs {@link CacheJobs#CLEAN_UP}; answers how many entries Redis held. */
    public Uni<Long> cleanUp(CleanUpCache job) {
        try {
            return caches.invalidateMatching(new KeyPattern(job.pattern()));
        } catch (IllegalArgumentException e) {
            throw new UnrecoverableJobException("pattern: " + e.getMessage());
        }
    }

    private TieredCache<?, ?> cacheNamed(String name) {
        return caches.find(name)
                .orElseThrow(() -> new UnrecoverableJobException("no cache has the name '" + name + "'"));
    }

    private long nowMicros() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    private String json(Object of) {
        try {
            return mapper.writeValueAsString(of);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot be written as JSON: " + of.getClass().getName(), e);
        }
    }
}
