/**
 * A chaos run that accounts for every job: producers and workers as processes of their own, faults drawn at random, and
 * an account of what became of each job that was accepted. What it does and how its table is read is told in
 * {@code deploy/docs/chaos.md}.
 */
@NullMarked
package io.penstock.bench.chaos;

import org.jspecify.annotations.NullMarked;
