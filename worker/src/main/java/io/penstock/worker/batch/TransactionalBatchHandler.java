package io.penstock.worker.batch;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.util.List;

/**
 * Does what is to be done with the items of a chunk, in the transaction that records their results: each takes effect exactly once,
 * whoever dies meanwhile.
 */
public interface TransactionalBatchHandler<I> {

    BatchType<I> type();

    /** What was found out about items before their transaction opened, and does them within it. */
    interface Prepared<I> {

        /**
         * As {@link TransactionalBatchHandler#handle}.
         *
         * @param items of those that were prepared the ones that still have no result, the same objects in the same order
         */
        Uni<List<ItemResult>> handle(SqlConnection transaction, List<I> items);
    }

    /**
     * Called before the transaction opens, on an event loop, for what takes time or asks elsewhere: locks are not held for so long. What is
     * found may have changed when {@link Prepared#handle} is called. A failure fails the chunk as one of {@link #handle} does.
     */
    default Uni<Prepared<I>> prepare(List<I> items, ItemContext context) {
        return Uni.createFrom().item((transaction, open) -> handle(transaction, open, context));
    }

    /**
     * Called on an event loop: must not block, and must use nothing but this connection. A failure rolls the whole chunk back; after
     * that its items are done one by one, each in a transaction of its own, so that only the one that fails does.
     *
     * @param items those that could be read, in the order they came
     * @return a result for each item, in the same order
     */
    Uni<List<ItemResult>> handle(SqlConnection transaction, List<I> items, ItemContext context);
}
