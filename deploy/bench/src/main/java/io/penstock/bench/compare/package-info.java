/**
 * Runs peers and Penstock in turn on one Redis, and says how they compare. {@link io.penstock.bench.compare.Compare} is
 * the command line; {@link io.penstock.bench.compare.Rounds} lets each {@link io.penstock.bench.compare.Side} take its
 * {@link io.penstock.bench.compare.Turn} at each {@link io.penstock.bench.compare.Contest}; the samples become a
 * {@link io.penstock.bench.compare.Comparison}, which is held against each {@link io.penstock.bench.compare.Promise}.
 * The peers' programs are in {@code deploy/bench/peers}.
 */
@NullMarked
package io.penstock.bench.compare;

import org.jspecify.annotations.NullMarked;
