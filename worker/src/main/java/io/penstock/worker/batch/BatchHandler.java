package io.penstock.worker.batch;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.smallrye.mutiny.Uni;

/**
 * Does what is to be done with one item of a batch. A bean of this kind is all that a batch needs.
 *
 * <p>An item may be handled twice, when a worker dies between its effect and its record: like a job's, its effect must be idempotent.
 * Where it is in PostgreSQL, {@link TransactionalBatchHandler} makes effect and record one.
 */
public interface BatchHandler<I> {

    BatchType<I> type();

    /** Called on an event loop: must not block. A failure fails the item, and no other; a {@link io.penstock.common.job.SnoozeException}, as guards
     * throw it, puts off what is left of the chunk. */
    Uni<ItemResult> handle(I item, ItemContext context);
}
