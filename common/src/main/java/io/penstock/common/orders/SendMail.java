package io.penstock.common.orders;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Positive;

/** Payload of {@link OrdersJobs#SEND_MAIL}: the mail itself is a row. */
@RegisterForReflection
public record SendMail(@Positive long mailId) {}
