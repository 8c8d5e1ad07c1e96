package io.penstock.worker.cache;

import io.penstock.common.cache.CacheDefinition;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.CacheSource;
import io.penstock.common.cache.Ttl;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A cache over a map that stands for the database, which refuses when it is told to. */
@ApplicationScoped
class TestCaches implements CacheSource {

    static final Map<String, String> DATABASE = new ConcurrentHashMap<>();
    static final List<String> WRITES = new CopyOnWriteArrayList<>();
    static final AtomicInteger REFUSALS = new AtomicInteger();

    @Override
    public List<CacheDefinition<?, ?>> caches() {
        return List.of(CacheDefinition.of(
                        "settings",
                        String.class,
                        String.class,
                        Ttl.USER_SETTINGS,
                        "user:settings:",
                        id -> CacheKeys.key("user", "settings", id),
                        id -> Uni.createFrom().item(() -> DATABASE.get(id)))
                .writingTo((id, value) -> Uni.createFrom().voidItem().invoke(() -> {
                    if (REFUSALS.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        throw new IllegalStateException("the database is away");
                    }
                    WRITES.add(id + "=" + value);
                    DATABASE.put(id, value);
                }))
                .warmedUpBy(most -> Uni.createFrom().item(List.copyOf(DATABASE.keySet()))));
    }
}
