/**
 * Batches: many items seen, steered and finished as one.
 *
 * <p>{@link io.penstock.common.batch.BatchType} says what the items are, {@link io.penstock.common.batch.Batches} makes and steers
 * batches, {@link io.penstock.common.batch.BatchWork} is what the runners in the workers stand on. PostgreSQL holds items, chunks and
 * counts; a batch has as many jobs in Redis as it may run chunks at once, however many items there are.
 */
@NullMarked
package io.penstock.common.batch;

import org.jspecify.annotations.NullMarked;
