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

    /**
     * Called on an event loop: must not block, and must use nothing but this connection. A failure rolls the whole chunk back; after
     * that its items are done one by one, each in a transaction of its own, so that only the one that fails does.
     *
     * @param items those that could be read, in the order they came
     * @return a result for each item, in the same order
     */
    Uni<List<ItemResult>> handle(SqlConnection transaction, List<I> items, ItemContext context);
}
