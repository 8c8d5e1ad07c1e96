package io.penstock.common.maintenance;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Payload of {@link MaintenanceJobs#QUEUE_MONITOR}. */
@RegisterForReflection
public record QueueMonitor() {}
