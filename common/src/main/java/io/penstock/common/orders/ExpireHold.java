package io.penstock.common.orders;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Positive;

/** Payload of {@link OrdersJobs#EXPIRE_HOLD}. */
@RegisterForReflection
public record ExpireHold(@Positive long orderId) {}
