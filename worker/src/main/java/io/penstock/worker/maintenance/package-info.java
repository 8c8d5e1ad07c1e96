/** Performs the jobs that keep Penstock in order. */
@NullMarked
package io.penstock.worker.maintenance;

import org.jspecify.annotations.NullMarked;
