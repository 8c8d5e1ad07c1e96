package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something about a product that a user tracks has moved by more than the user's threshold.
 *
 * @param before the value it is compared with: what was normal
 * @param changePercent signed; null for the buy box, which is no number
 * @param threshold in per cent, for the rating in stars; null for the buy box
 * @param seenAt when the reading was taken that showed it
 */
@RegisterForReflection
public record Anomaly(
        long id,
        long trackedId,
        long userId,
        long itemId,
        AnomalyKind kind,
        String before,
        String after,
        @Nullable Double changePercent,
        @Nullable Double threshold,
        Instant seenAt) {}
