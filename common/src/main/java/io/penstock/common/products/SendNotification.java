package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Min;

/** Payload of {@link ProductJobs#SEND_NOTIFICATION}. */
@RegisterForReflection
public record SendNotification(@Min(1) long notificationId) {}
