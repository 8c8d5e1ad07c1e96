/**
 * Three pools of connections to PostgreSQL: {@code write}, {@code read} and {@code analytics}. Whoever asks the database says which it
 * needs ({@link io.penstock.common.pool.Purpose}); nothing looks at the SQL. Two of the pools are made when they are first used, and hold no
 * connection while nobody needs one.
 */
@NullMarked
package io.penstock.common.pool;

import org.jspecify.annotations.NullMarked;
