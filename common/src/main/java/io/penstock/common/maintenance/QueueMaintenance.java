package io.penstock.common.maintenance;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Payload of {@link MaintenanceJobs#QUEUE_MAINTENANCE}. */
@RegisterForReflection
public record QueueMaintenance() {}
