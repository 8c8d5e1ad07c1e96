package io.penstock.worker.offers;

import io.penstock.common.offers.OfferReading;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A readable answer of the feed.
 *
 * @param totalPages the feed's last page; null: it does not say
 * @param readings the offers that make sense, no id twice
 * @param skipped those that do not
 * @param unreadable optional fields of the readings that are null because they did not parse
 * @param fetchedAt when the answer was there
 */
record FeedPage(
        @Nullable Integer totalPages,
        List<OfferReading> readings,
        List<SkippedOffer> skipped,
        List<UnreadableField> unreadable,
        Instant fetchedAt) {

    Map<String, Integer> skippedByReason() {
        Map<String, Integer> counts = new TreeMap<>();
        skipped.forEach(offer -> counts.merge(offer.reason().code(), 1, Integer::sum));
        return counts;
    }

    Map<String, Integer> unreadableByField() {
        Map<String, Integer> counts = new TreeMap<>();
        unreadable.forEach(field -> counts.merge(field.field(), 1, Integer::sum));
        return counts;
    }
}
