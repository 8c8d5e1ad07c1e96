package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Min;

/** Payload of {@link ProductJobs#PRICE_ALERT}. */
@RegisterForReflection
public record PriceAlert(@Min(1) long anomalyId) {}
