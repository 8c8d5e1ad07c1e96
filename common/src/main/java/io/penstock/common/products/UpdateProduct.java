package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Min;

/**
 * Payload of {@link ProductJobs#UPDATE_PRODUCT}.
 *
 * @param itemId id of the item, which may be tracked by many
 */
@RegisterForReflection
public record UpdateProduct(@Min(1) long itemId) {}
