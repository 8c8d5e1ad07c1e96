package io.penstock.common.offers;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What changes about an offer, as it was at one time.
 *
 * @param lastConversionSeconds how long before {@code takenAt} the last conversion was; null: none known
 */
public record OfferSnapshot(
        Instant takenAt,
        OfferStatus status,
        @Nullable BigDecimal payout,
        @Nullable Long dailyCap,
        boolean dailyCapUnlimited,
        @Nullable Long filledCap,
        boolean filledCapUnlimited,
        @Nullable Integer lastConversionSeconds) {}
