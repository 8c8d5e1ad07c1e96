/** Measurements of the caches and of the shared rate limit, each beside its bound. */
@NullMarked
package io.penstock.bench.cache;

import org.jspecify.annotations.NullMarked;
