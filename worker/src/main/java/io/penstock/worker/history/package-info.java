/**
 * Writes what became of jobs to PostgreSQL, beside the claim loops: recorder (hears) → buffer (holds, and stops claims when
 * full) → writer (stores in batches); the keeper makes and drops the days of the table.
 */
@NullMarked
package io.penstock.worker.history;

import org.jspecify.annotations.NullMarked;
