/** Watching and steering the caches. */
@NullMarked
package io.penstock.api.cache;

import org.jspecify.annotations.NullMarked;
