/** Batches over HTTP. */
@NullMarked
package io.penstock.api.batches;

import org.jspecify.annotations.NullMarked;
