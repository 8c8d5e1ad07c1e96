package io.penstock.common.orders;

import jakarta.validation.constraints.Positive;

/** Payload of {@link OrdersJobs#EXPIRE_HOLD}. */
public record ExpireHold(@Positive long orderId) {}
