package io.penstock.common.orders;

/** Payload of {@link OrdersJobs#DATA_CLEANUP}. */
public record DataCleanup() {}
