package io.penstock.common.offers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of an offer that someone should know of.
 *
 * @param before what was, null: nothing; seconds since the last conversion, or a status
 * @param after what is, as {@code before}
 */
public record OfferAlert(
        long id,
        String offerId,
        @Nullable String offerName,
        Kind kind,
        @Nullable String before,
        @Nullable String after,
        Instant raisedAt) {

    /** What changed. The names are those that the statement of {@link OfferStore} raises. */
    public enum Kind {
        /** The last conversion was less than 1 minute ago and is now more than 10 minutes ago. */
        CONVERSIONS_STOPPED,
        /** The last conversion is more than 5 times as long ago as before, and more than 10 minutes. */
        CONVERSIONS_SLOWED,
        /** There was a last conversion, and now the feed knows of none. */
        CONVERSIONS_GONE,
        STATUS_CHANGED
    }
}
