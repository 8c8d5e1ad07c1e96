/**
 * Product monitoring as every deployable knows it: job types with their payloads, the rows in PostgreSQL, and every change of
 * them. A product of a marketplace (an <i>item</i>) is one row however many users track it; what a user tracks is a row that
 * points to it.
 *
 * <p>A reading, what moved because of it, and the jobs that tell of it are one transaction.
 */
@NullMarked
package io.penstock.common.products;

import org.jspecify.annotations.NullMarked;
