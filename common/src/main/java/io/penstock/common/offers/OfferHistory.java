package io.penstock.common.offers;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of one offer, newest first.
 *
 * @param nextBefore ask again with this as {@link HistoryQuery#before} for the older ones; null: there are none
 */
@RegisterForReflection
public record OfferHistory(String offerId, List<OfferSnapshot> snapshots, @Nullable Instant nextBefore) {}
