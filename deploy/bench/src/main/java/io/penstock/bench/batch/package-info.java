/** What works batches off in a measurement or a run of faults. */
@NullMarked
package io.penstock.bench.batch;

import org.jspecify.annotations.NullMarked;
