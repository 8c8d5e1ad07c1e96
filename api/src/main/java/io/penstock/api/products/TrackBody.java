package io.penstock.api.products;

import io.penstock.common.products.InvalidProductException;
import io.penstock.common.products.Marketplace;
import io.penstock.common.products.TrackSpec;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A user wants a product to be tracked. */
@RegisterForReflection
@Schema(name = "TrackRequest")
public record TrackBody(
        @Schema(required = true, description = "Who tracks it") @Nullable Long userId,
        @Schema(required = true, examples = "B08N5WRWNW") @Nullable String asin,
        @Schema(
                        description = "Absent: US",
                        enumeration = {"US", "CA", "UK", "DE", "FR", "IT", "ES", "JP"})
                @Nullable
                String marketplace,
        @Schema(
                        description = "Absent: daily, or as it was",
                        enumeration = {"hourly", "six_hourly", "daily"})
                @Nullable
                String frequency,
        @Schema(description = "Told beyond that; 0 or absent: the user's") @Nullable Double priceChangePercent,
        @Schema(description = "Told beyond that; 0 or absent: the user's") @Nullable Double rankChangePercent) {

    /** What can be changed of a tracked product; absent fields stay as they are. */
    @RegisterForReflection
    @Schema(name = "TrackChange")
    public record Change(
            @Schema(enumeration = {"hourly", "six_hourly", "daily"}) @Nullable String frequency,
            @Schema(description = "0: the user's again") @Nullable Double priceChangePercent,
            @Schema(description = "0: the user's again") @Nullable Double rankChangePercent,
            @Schema(description = "False: it is not read any more, and its history stays") @Nullable Boolean active) {

        TrackSpec spec() {
            return new TrackSpec(frequency, priceChangePercent, rankChangePercent, active);
        }
    }

    TrackSpec spec() {
        return new TrackSpec(frequency, priceChangePercent, rankChangePercent, true);
    }

    Marketplace market() {
        if (marketplace == null) {
            return Marketplace.US;
        }
        return Marketplace.named(marketplace)
                .orElseThrow(() -> new InvalidProductException(
                        "marketplace", "must be one of " + String.join(", ", Marketplace.codes())));
    }
}
