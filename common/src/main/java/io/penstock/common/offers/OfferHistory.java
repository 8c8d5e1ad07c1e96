package io.penstock.common.offers;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of one offer, newest first.
 *
 * @param nextBefore ask again with this as {@link HistoryQuery#before} for the older ones; null: there are none
 */
public record OfferHistory(String offerId, List<OfferSnapshot> snapshots, @Nullable Instant nextBefore) {}
