/** The maintenance of keys outside the queues, on Redis. */
@NullMarked
package io.penstock.common.maintenance.redis;

import org.jspecify.annotations.NullMarked;
