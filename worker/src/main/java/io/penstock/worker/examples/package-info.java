/** A handler of each kind, to copy from. What to mind when writing one is said in {@code deploy/docs/handlers.md}. */
@NullMarked
package io.penstock.worker.examples;

import org.jspecify.annotations.NullMarked;
