/** How the pools of connections to PostgreSQL are. */
@NullMarked
package io.penstock.api.pools;

import org.jspecify.annotations.NullMarked;
