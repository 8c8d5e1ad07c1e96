/**
 * Watches the system: what each process did is sampled every minute ({@link io.penstock.common.monitor.ProcessSampler}), {@link
 * io.penstock.common.monitor.AlertRule alert rules} judge it, and {@link io.penstock.common.monitor.SystemReportBuilder} tells of a range of
 * time. Stands on the health checks, alerts and performance reports.
 */
@NullMarked
package io.penstock.common.monitor;

import org.jspecify.annotations.NullMarked;
