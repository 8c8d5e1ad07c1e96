package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One point of a history, of one reading or more.
 *
 * @param at of the last reading of the point
 * @param value the last one; null of the buy box
 * @param least of all readings of the point; null of the buy box
 * @param text the seller of the buy box; null of numbers
 */
@RegisterForReflection
public record HistoryPoint(
        Instant at,
        @Nullable BigDecimal value,
        @Nullable BigDecimal least,
        @Nullable BigDecimal greatest,
        @Nullable String text) {}
