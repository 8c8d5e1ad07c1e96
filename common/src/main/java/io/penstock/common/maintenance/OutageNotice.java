package io.penstock.common.maintenance;

import jakarta.validation.constraints.PositiveOrZero;

/**
 * Payload of {@link MaintenanceJobs#OUTAGE_NOTICE}.
 *
 * @param over false: PostgreSQL does not answer; true: it answers again
 * @param noticedAtMs when a worker noticed, epoch milliseconds
 */
public record OutageNotice(boolean over, @PositiveOrZero long noticedAtMs) {}
