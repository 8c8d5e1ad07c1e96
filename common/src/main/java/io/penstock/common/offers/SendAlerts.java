package io.penstock.common.offers;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Payload of {@link OffersJobs#SEND_ALERTS}: the alerts to send are those pending in the database. */
@RegisterForReflection
public record SendAlerts() {}
