package io.penstock.worker.batch;

import io.penstock.common.batch.ItemResult;
import io.smallrye.mutiny.Uni;

/**
 * Does what is to be done with items that are fetched from somewhere dear. What was fetched is kept in Redis for four hours
 * ({@link io.penstock.common.cache.Ttl#BATCH_ITEM}), so that an item that was fetched a short while ago, by this batch or another of its
 * type, is not asked for again.
 *
 * <p>The cache is named {@code batch-<type>} (other characters than letters, digits and {@code -} become {@code -}), its keys begin with
 * {@code api:batch:<type>:}. As every cache it can be looked at, invalidated and given another lifetime
 * ({@code penstock.cache.named."<name>".ttl}).
 *
 * @param <V> what is fetched, usually a record; written as JSON
 */
public interface FetchingBatchHandler<I, V> extends BatchHandler<I> {

    Class<V> fetchedClass();

    /** What names the item where it is fetched from. The same for items whose fetched values are the same. */
    String keyOf(I item);

    /**
     * Asks for the item. Not called while a fresh value is known. A failure fails the item, or puts it off, as one of {@link #handle}
     * does; nothing is remembered of it. Has {@code penstock.cache.load-timeout} besides the item's own time.
     *
     * @return null: there is none
     */
    Uni<V> fetch(I item);

    /**
     * Does what is to be done with the item.
     *
     * @param fetched null: there is none
     */
    Uni<ItemResult> handleFetched(I item, V fetched, ItemContext context);

    /** Without a cache, for tests. */
    @Override
    default Uni<ItemResult> handle(I item, ItemContext context) {
        return fetch(item).chain(fetched -> handleFetched(item, fetched, context));
    }
}
