/** Handlers of the diagnostic jobs. */
@NullMarked
package io.penstock.worker.diagnostics;

import org.jspecify.annotations.NullMarked;
