package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A product that a user tracks.
 *
 * @param id of what is tracked, not of the item
 * @param priceChangePercent null: the user's
 * @param rankChangePercent null: the user's
 */
@RegisterForReflection
public record TrackedProduct(
        long id,
        long userId,
        Frequency frequency,
        @Nullable Double priceChangePercent,
        @Nullable Double rankChangePercent,
        boolean active,
        Instant createdAt,
        Item item) {}
