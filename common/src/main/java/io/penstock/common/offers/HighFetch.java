package io.penstock.common.offers;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Payload of {@link OffersJobs#HIGH_FETCH}: what to read is on the conversion list. */
@RegisterForReflection
public record HighFetch() {}
