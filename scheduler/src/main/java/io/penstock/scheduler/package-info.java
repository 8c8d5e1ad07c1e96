/**
 * The scheduler deployable: turns time into jobs, and runs none itself.
 *
 * <pre>
 * Scheduler ── each second ──► Tick         recover   instants claimed by a scheduler that died → FireEnqueuer → jobs
 *           │                                 plan      rows without a next run get one
 *           │                                 fire      due rows → claimed instants (one transaction) → FireEnqueuer → jobs
 *           ├─ each second ──► RunFollower  enqueued instants → how their job ended (RunStatuses)
 *           ├─ each second ──► MisfireAlerts    missed, late and failing schedules → alerts
 *           └─ each hour ────► LogRetention
 * </pre>
 */
@NullMarked
package io.penstock.scheduler;

import org.jspecify.annotations.NullMarked;
