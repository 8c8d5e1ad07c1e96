/** The shared tier of the caches on Redis. */
@NullMarked
package io.penstock.common.cache.redis;

import org.jspecify.annotations.NullMarked;
