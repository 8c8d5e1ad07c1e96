/**
 * Measures the queue engine as a user gets it: the typed front door, the queue on Redis, the worker runtime with leases,
 * fencing, retention and metrics, put together by hand in a plain program. What each scenario means is told in
 * {@code deploy/docs/benchmarks.md}.
 */
@NullMarked
package io.penstock.bench;

import org.jspecify.annotations.NullMarked;
