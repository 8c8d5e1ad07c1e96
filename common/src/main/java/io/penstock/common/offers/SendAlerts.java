package io.penstock.common.offers;

/** Payload of {@link OffersJobs#SEND_ALERTS}: the alerts to send are those pending in the database. */
public record SendAlerts() {}
