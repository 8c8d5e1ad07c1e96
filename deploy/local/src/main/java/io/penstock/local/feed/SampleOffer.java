package io.penstock.local.feed;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** One offer as the feed writes it: every field a string or null, numbers too. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonPropertyOrder({"offer_id", "offer_name", "status"})
public record SampleOffer(
        String offerId,
        String offerName,
        String status,
        String country,
        String countryName,
        @Nullable String carrier,
        String vertical,
        String flow,
        String model,
        String payout,
        String currency,
        String dailyCap,
        String typeTraffic,
        @Nullable String timeFrame,
        @Nullable String trafficRestrictions,
        String landingPage,
        @Nullable String thumbnails,
        String offerUrl,
        @Nullable String filledCap,
        @Nullable String lastConv) {

    static final String ACTIVE = "Active";
    static final String PAUSED = "Paused";
    static final String BLOCKED = "Blocked";
}
