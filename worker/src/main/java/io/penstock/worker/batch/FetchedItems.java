package io.penstock.worker.batch;

import io.penstock.common.batch.BatchTypes;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.cache.CacheDefinition;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.Tier;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.TieredCaches;
import io.penstock.common.cache.Ttl;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;

/** The caches of what batches fetch, one for each type whose handler fetches. In Redis alone: a batch of millions must not fill the memory. */
@ApplicationScoped
class FetchedItems {

    private final Map<String, TieredCache<?, ?>> byType = new HashMap<>();

    private FetchedItems() {}

    /** Asks anew each time. */
    static FetchedItems none() {
        return new FetchedItems();
    }

    @Inject
    FetchedItems(TieredCaches caches, BatchHandlers handlers, BatchTypes types) {
        types.all().forEach(type -> handlers.single(type.name())
                .filter(FetchingBatchHandler.class::isInstance)
                .ifPresent(handler ->
                        byType.put(type.name(), caches.open(definition((FetchingBatchHandler<?, ?>) handler)))));
    }

    /** A cache that cannot be made stops the start. */
    void onStart(@Observes StartupEvent event) {
        // It is made by now.
    }

    private static <I, V> CacheDefinition<I, V> definition(FetchingBatchHandler<I, V> handler) {
        String type = handler.type().name();
        return CacheDefinition.of(
                        "batch-" + type.replaceAll("[^a-z0-9]", "-"),
                        handler.type().itemClass(),
                        handler.fetchedClass(),
                        Ttl.BATCH_ITEM,
                        "api:batch:" + type + ":",
                        item -> CacheKeys.key("api", "batch", type, handler.keyOf(item)),
                        handler::fetch)
                .in(Tier.REDIS);
    }

    <I, V> Uni<ItemResult> handle(FetchingBatchHandler<I, V> handler, I item, ItemContext context) {
        @SuppressWarnings("unchecked") // Made from this handler.
        TieredCache<I, V> cache = (TieredCache<I, V>) byType.get(handler.type().name());
        return cache == null
                ? handler.handle(item, context)
                : cache.get(item).chain(fetched -> handler.handleFetched(item, fetched, context));
    }
}
