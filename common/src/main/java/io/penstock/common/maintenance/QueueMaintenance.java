package io.penstock.common.maintenance;

/** Payload of {@link MaintenanceJobs#QUEUE_MAINTENANCE}. */
public record QueueMaintenance() {}
