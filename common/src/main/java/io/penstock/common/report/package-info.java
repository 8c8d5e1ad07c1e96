/**
 * Performance reports: what the queues and caches have done, and what the figures suggest to do.
 *
 * <p>The queue monitor stores a sample of each queue every minute ({@link io.penstock.common.report.QueueSamples}), the caches add up
 * theirs by the hour. {@link io.penstock.common.report.ReportBuilder} makes both into a report, which is stored as it was.
 */
@NullMarked
package io.penstock.common.report;

import org.jspecify.annotations.NullMarked;
