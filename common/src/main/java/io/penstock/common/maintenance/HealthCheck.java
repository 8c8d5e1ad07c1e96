package io.penstock.common.maintenance;

/** Payload of {@link MaintenanceJobs#HEALTH_CHECK}. */
public record HealthCheck() {}
