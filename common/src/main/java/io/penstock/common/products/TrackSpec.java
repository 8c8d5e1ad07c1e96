package io.penstock.common.products;

import org.jspecify.annotations.Nullable;

/**
 * How a product is to be tracked. Whatever is null is the default of a product that was not tracked, and stays as it is of one that was.
 *
 * @param priceChangePercent 0: the user's again
 * @param rankChangePercent 0: the user's again
 */
public record TrackSpec(
        @Nullable String frequency,
        @Nullable Double priceChangePercent,
        @Nullable Double rankChangePercent,
        @Nullable Boolean active) {

    private static final double MOST_PERCENT = 10_000;

    /** Fails with {@link InvalidProductException} where something is out of bounds. */
    public TrackSpec checked() {
        if (frequency != null) {
            InvalidProductException.require(
                    Frequency.ofWire(frequency).isPresent(),
                    "frequency",
                    "must be one of " + String.join(", ", Frequency.wires()));
        }
        require("priceChangePercent", priceChangePercent);
        require("rankChangePercent", rankChangePercent);
        return this;
    }

    private static void require(String field, @Nullable Double value) {
        InvalidProductException.require(
                value == null || (value >= 0 && value <= MOST_PERCENT),
                field,
                "must be at least 0, which is the user's, and at most " + MOST_PERCENT);
    }
}
