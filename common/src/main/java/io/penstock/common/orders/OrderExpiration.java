package io.penstock.common.orders;

/** Payload of {@link OrdersJobs#ORDER_EXPIRATION}: which orders are due is in the database. */
public record OrderExpiration() {}
