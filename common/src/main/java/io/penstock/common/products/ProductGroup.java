package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;

/**
 * A product of a user and those it is compared with.
 *
 * @param main the product that is compared
 * @param competitors 3 to 5, in their order
 */
@RegisterForReflection
public record ProductGroup(
        long id,
        long userId,
        String name,
        TrackedProduct main,
        List<Item> competitors,
        boolean active,
        Instant createdAt) {}
