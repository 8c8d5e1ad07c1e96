/** Rate limits that hold across the cluster, kept in Redis. */
@NullMarked
package io.penstock.common.flow.redis;

import org.jspecify.annotations.NullMarked;
