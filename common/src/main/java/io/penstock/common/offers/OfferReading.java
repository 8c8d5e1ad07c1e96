package io.penstock.common.offers;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What the feed said about one offer: checked, and in types instead of strings. Its JSON names are the columns of the
 * table, because a page of readings goes to PostgreSQL as one JSON parameter.
 *
 * @param payout 0 or more, below 10^9
 * @param lastConversionSeconds how long before the reading the last conversion was; null: none known
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record OfferReading(
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
        @Nullable Integer lastConversionSeconds) {}
