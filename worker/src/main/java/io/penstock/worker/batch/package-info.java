/** Works batches off: handlers say what to do with an item, {@link io.penstock.worker.batch.BatchRunHandler} does the rest. */
@NullMarked
package io.penstock.worker.batch;

import org.jspecify.annotations.NullMarked;
