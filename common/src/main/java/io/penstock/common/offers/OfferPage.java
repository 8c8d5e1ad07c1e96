package io.penstock.common.offers;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * One page of a list of offers.
 *
 * @param total offers that fit the filters, on all pages
 */
@RegisterForReflection
public record OfferPage(List<Offer> offers, long total, int limit, int offset) {}
