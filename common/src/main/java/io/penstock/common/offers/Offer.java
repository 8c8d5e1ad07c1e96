package io.penstock.common.offers;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An offer as it was last read. What the feed left empty is null.
 *
 * @param dailyCap conversions allowed a day; null: not stated, or unlimited
 * @param filledCap conversions counted against the cap; null: not stated, or unlimited
 * @param lastConversionSeconds how long before {@code fetchedAt} the last conversion was; null: none known
 * @param lastConvertedAt the same as a point in time
 * @param fetchedAt when the feed was read
 */
public record Offer(
        String offerId,
        @Nullable String name,
        OfferStatus status,
        @Nullable String country,
        @Nullable String countryName,
        @Nullable String carrier,
        @Nullable String vertical,
        @Nullable String flow,
        @Nullable String model,
        @Nullable BigDecimal payout,
        @Nullable String currency,
        @Nullable Long dailyCap,
        boolean dailyCapUnlimited,
        @Nullable Long filledCap,
        boolean filledCapUnlimited,
        @Nullable String trafficType,
        @Nullable String timeFrame,
        @Nullable String trafficRestrictions,
        @Nullable String landingPage,
        @Nullable String thumbnails,
        @Nullable String offerUrl,
        @Nullable Integer lastConversionSeconds,
        @Nullable Instant lastConvertedAt,
        Instant firstSeenAt,
        Instant fetchedAt) {}
