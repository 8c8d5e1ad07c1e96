package io.penstock.common.maintenance;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Payload of {@link MaintenanceJobs#HEALTH_CHECK}. */
@RegisterForReflection
public record HealthCheck() {}
