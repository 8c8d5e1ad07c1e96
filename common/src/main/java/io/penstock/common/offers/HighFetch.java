package io.penstock.common.offers;

/** Payload of {@link OffersJobs#HIGH_FETCH}: what to read is on the conversion list. */
public record HighFetch() {}
