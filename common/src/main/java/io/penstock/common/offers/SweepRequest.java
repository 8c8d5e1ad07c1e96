package io.penstock.common.offers;

import io.penstock.common.job.InvalidJobException;

/**
 * A wish to read pages of the feed.
 *
 * @param startPage first page, from 1
 * @param maxPages how many pages from there, at most {@link OffersJobs#MAX_PAGES}
 * @param concurrency pages each chunk reads at once
 * @param status the feed lists offers of this status alone: Active, Paused, Blocked or Unknown
 */
public record SweepRequest(int startPage, int maxPages, int concurrency, String status) {

    public SweepRequest {
        requireBetween("startPage", startPage, 1, OffersJobs.LAST_PAGE - OffersJobs.MAX_PAGES);
        requireBetween("maxPages", maxPages, 1, OffersJobs.MAX_PAGES);
        requireBetween("concurrency", concurrency, 1, OffersJobs.MAX_CONCURRENCY);
        status = OfferStatus.named(status)
                .orElseThrow(() -> new InvalidJobException("status", OfferStatus.WIRE_MESSAGE))
                .wire();
    }

    public int lastPage() {
        return startPage + maxPages - 1;
    }

    private static void requireBetween(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InvalidJobException(field, "must be between " + least + " and " + most);
        }
    }
}
