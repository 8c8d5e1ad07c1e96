/**
 * The way to Redis: one pipelined connection that mends itself, scripts, and the one class that builds keys. Only
 * packages named {@code redis} may use it; everybody else talks to a port.
 */
@NullMarked
package io.penstock.common.redis;

import org.jspecify.annotations.NullMarked;
