/** Keeps the queues healthy. Every worker does all of it at once; the scripts make that safe. */
@NullMarked
package io.penstock.worker.maintain;

import org.jspecify.annotations.NullMarked;
