/**
 * The offers workload as every deployable knows it: job types with their payloads, the rows it keeps in PostgreSQL, and
 * the questions that can be asked about them. The feed itself is read in the worker.
 */
@NullMarked
package io.penstock.common.offers;

import org.jspecify.annotations.NullMarked;
