/**
 * What became of jobs, in PostgreSQL: the table {@code job_history} with a partition per day, the groups of equal errors,
 * and the questions that can be asked. Knows nothing of queues; workers write what they hear of.
 */
@NullMarked
package io.penstock.common.history;

import org.jspecify.annotations.NullMarked;
