package io.penstock.common.orders;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Payload of {@link OrdersJobs#DATA_CLEANUP}. */
@RegisterForReflection
public record DataCleanup() {}
