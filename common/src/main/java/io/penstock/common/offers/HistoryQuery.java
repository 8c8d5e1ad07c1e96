package io.penstock.common.offers;

import java.time.Instant;

/**
 * Which part of an offer's history to read.
 *
 * @param offerId the feed's id, at most {@link #MAX_ID} characters
 * @param from the oldest snapshot wanted
 * @param before snapshots taken before this, not at it
 * @param limit snapshots a page, 1 to {@link #MAX_LIMIT}
 */
public record HistoryQuery(String offerId, Instant from, Instant before, int limit) {

    public static final int MAX_ID = 64;
    public static final int MAX_LIMIT = 1000;
    public static final int DEFAULT_LIMIT = 200;

    /** Times outside are of no offer, and PostgreSQL does not know all of them. */
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    public HistoryQuery {
        InvalidOfferQueryException.requireShortText("offerId", offerId, MAX_ID);
        InvalidOfferQueryException.requireBetween("limit", limit, 1, MAX_LIMIT);
        requireKnownTime("from", from);
        requireKnownTime("before", before);
        if (!from.isBefore(before)) {
            throw new InvalidOfferQueryException("from", "must be before the end of the time asked for");
        }
    }

    private static void requireKnownTime(String field, Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw new InvalidOfferQueryException(field, "must be between " + EARLIEST + " and " + LATEST);
        }
    }
}
