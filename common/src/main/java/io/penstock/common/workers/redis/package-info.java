/** The board of the workers in Redis. */
@NullMarked
package io.penstock.common.workers.redis;

import org.jspecify.annotations.NullMarked;
