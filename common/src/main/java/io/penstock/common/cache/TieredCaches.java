package io.penstock.common.cache;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.loop.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The caches of this process, by name. Declared by {@link CacheSource} beans, or opened by whoever needs one. */
@ApplicationScoped
public class TieredCaches {

    private final Map<String, TieredCache<?, ?>> caches = new ConcurrentSkipListMap<>();
    private final CacheConfig config;
    private final RemoteCache remote;
    private final ObjectMapper mapper;
    private final CacheNode node;
    private final PeriodicTask retelling;
    private boolean started;
    private boolean listening;

    @Inject
    public TieredCaches(
            CacheConfig config,
            RemoteCache remote,
            ObjectMapper mapper,
            Vertx vertx,
            @Any Instance<CacheSource> sources) {
        this(config, remote, mapper, vertx, InstantSource.system());
        sources.stream().flatMap(source -> source.caches().stream()).forEach(this::open);
    }

    /** For processes without a bean container, which call {@link #start} and {@link #stop} themselves. */
    public TieredCaches(CacheConfig config, RemoteCache remote, ObjectMapper mapper, Vertx vertx, InstantSource clock) {
        CachePolicy.checkLifetimes(config);
        this.config = config;
        this.remote = remote;
        this.mapper = mapper;
        this.node = new CacheNode(remote, clock);
        this.retelling = PeriodicTask.task(
                        vertx,
                        "tell the other processes what is no longer true",
                        PeriodicTask.every(CacheNode.tellAgainAfter(), node::tellDoubts))
                .build();
    }

    /** Begins to hear what others change, as soon as there is a cache. Called at start where there is a bean container. */
    public synchronized void start() {
        started = true;
        retelling.start();
        listen();
    }

    /** A process without caches costs Redis nothing. */
    private void listen() {
        if (started && !listening && !caches.isEmpty()) {
            listening = true;
            node.start();
        }
    }

    void onStart(@Observes StartupEvent event) {
        start();
    }

    public void stop() {
        retelling.stop();
    }

    void onStop(@Observes ShutdownEvent event) {
        stop();
    }

    /**
     * Makes a cache.
     *
     * @throws IllegalArgumentException where there is one of the same name, or one whose keys would meet its own
     */
    public synchronized <K, V> TieredCache<K, V> open(CacheDefinition<K, V> definition) {
        caches.values().forEach(other -> refuseIfAlike(definition, other.definition()));
        TieredCache<K, V> cache =
                new TieredCache<>(definition, CachePolicy.of(definition, config), remote, node, mapper);
        caches.put(definition.name(), cache);
        node.add(cache);
        listen();
        return cache;
    }

    private static void refuseIfAlike(CacheDefinition<?, ?> one, CacheDefinition<?, ?> other) {
        if (one.name().equals(other.name())) {
            throw new IllegalArgumentException("there are two caches of the name " + one.name());
        }
        if (one.prefix().startsWith(other.prefix()) || other.prefix().startsWith(one.prefix())) {
            throw new IllegalArgumentException("keys of the caches " + one.name() + " and " + other.name()
                    + " would meet: " + one.prefix() + " and " + other.prefix());
        }
    }

    public Optional<TieredCache<?, ?>> find(String name) {
        return Optional.ofNullable(caches.get(name));
    }

    /** In the order of their names. */
    public Collection<TieredCache<?, ?>> all() {
        return Collections.unmodifiableCollection(caches.values());
    }

    /** Removes what matches from every tier of every process. Answers how many entries Redis held. */
    public Uni<Long> invalidateMatching(KeyPattern pattern) {
        return node.removeMatching(pattern);
    }

    /** Removes the entries, of all caches, that carry a tag, and what belongs to them. */
    public Uni<Void> invalidateTag(String tag) {
        return node.removeTagged(tag, 8);
    }

    /** Whether changes that other processes make are heard of. */
    public boolean hearsChanges() {
        return node.hears();
    }
}
