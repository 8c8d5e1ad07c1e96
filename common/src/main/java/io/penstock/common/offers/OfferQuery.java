package io.penstock.common.offers;

import java.util.Optional;

/**
 * Which offers to list. Filters are joined by "and".
 *
 * @param country ISO code as the feed gives it, upper or lower case
 * @param vertical exact, upper or lower case
 * @param text part of the name or of the id, upper or lower case
 * @param limit offers a page, 1 to {@link #MAX_LIMIT}
 * @param offset offers to skip, 0 to {@link #MAX_OFFSET}
 */
public record OfferQuery(
        Optional<OfferStatus> status,
        Optional<String> country,
        Optional<String> vertical,
        Optional<String> text,
        Sort sort,
        int limit,
        int offset) {

    /** Offers without a known conversion come last either way. */
    public enum Sort {
        LATEST_CONVERSION_FIRST,
        OLDEST_CONVERSION_FIRST
    }

    public static final int MAX_LIMIT = 200;
    public static final int DEFAULT_LIMIT = 50;
    public static final int MAX_OFFSET = 100_000;
    public static final int MAX_TEXT = 200;

    public OfferQuery {
        InvalidOfferQueryException.requireBetween("limit", limit, 1, MAX_LIMIT);
        InvalidOfferQueryException.requireBetween("offset", offset, 0, MAX_OFFSET);
        InvalidOfferQueryException.requireShort("country", country, MAX_TEXT);
        InvalidOfferQueryException.requireShort("vertical", vertical, MAX_TEXT);
        InvalidOfferQueryException.requireShort("text", text, MAX_TEXT);
    }
}
