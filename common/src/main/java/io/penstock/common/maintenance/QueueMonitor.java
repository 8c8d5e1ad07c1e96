package io.penstock.common.maintenance;

/** Payload of {@link MaintenanceJobs#QUEUE_MONITOR}. */
public record QueueMonitor() {}
