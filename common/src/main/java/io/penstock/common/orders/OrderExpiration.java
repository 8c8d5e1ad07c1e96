package io.penstock.common.orders;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Payload of {@link OrdersJobs#ORDER_EXPIRATION}: which orders are due is in the database. */
@RegisterForReflection
public record OrderExpiration() {}
