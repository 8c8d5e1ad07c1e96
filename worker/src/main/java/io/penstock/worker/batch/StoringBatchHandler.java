package io.penstock.worker.batch;

import io.penstock.common.batch.ItemResult;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;

/**
 * Fetches an item outside of any transaction, however long that takes, and stores what was fetched in the transaction that records the
 * item: each item takes effect exactly once, whoever dies meanwhile. For items that come from afar one by one; where many can be done with one
 * statement, a {@link TransactionalBatchHandler} costs less.
 *
 * @param <V> what is fetched
 */
public interface StoringBatchHandler<I, V> extends BatchHandler<I> {

    /**
     * Asks for the item. A failure fails the item, or puts it off, as one of {@link #handle} does.
     *
     * @return null: there is none
     */
    Uni<V> fetch(I item, ItemContext context);

    /**
     * Stores what was fetched. Called on an event loop: must not block, and must use nothing but this connection, which the others wait for. A
     * failure rolls it back.
     *
     * @param fetched null: there is none
     */
    Uni<ItemResult> store(SqlConnection transaction, I item, V fetched, ItemContext context);

    /** Never called: effect and record would be two. */
    @Override
    default Uni<ItemResult> handle(I item, ItemContext context) {
        return Uni.createFrom().failure(new UnsupportedOperationException("is stored with its record"));
    }
}
