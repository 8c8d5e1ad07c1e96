package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Payload of {@link ProductJobs#WRITE_DIGESTS}. */
@RegisterForReflection
public record WriteDigests() {}
