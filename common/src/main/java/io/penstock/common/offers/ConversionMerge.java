package io.penstock.common.offers;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Payload of {@link OffersJobs#CONVERSION_MERGE}. */
@RegisterForReflection
public record ConversionMerge() {}
