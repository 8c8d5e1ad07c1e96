package io.penstock.common.orders;

import jakarta.validation.constraints.Positive;

/** Payload of {@link OrdersJobs#SEND_MAIL}: the mail itself is a row. */
public record SendMail(@Positive long mailId) {}
