/** Keeps the queues healthy. One worker does it for each partition; the scripts make it safe where two do. */
@NullMarked
package io.penstock.worker.maintain;

import org.jspecify.annotations.NullMarked;
