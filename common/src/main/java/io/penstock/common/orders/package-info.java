/**
 * The ticket shop as every deployable knows it: job types with their payloads, the rows it keeps in PostgreSQL, and every
 * change of them. Whatever changes an order, its tickets and the quantity that is left is one transaction, which also
 * enqueues what follows from it.
 *
 * <p>Locks are taken in one order, so that no two transactions wait for each other: the user's row, the order, the type of
 * its tickets, the tickets.
 */
@NullMarked
package io.penstock.common.orders;

import org.jspecify.annotations.NullMarked;
