package io.penstock.common.offers;

/** Payload of {@link OffersJobs#CONVERSION_MERGE}. */
public record ConversionMerge() {}
