package io.penstock.common.offers;

import java.util.List;

/**
 * One page of a list of offers.
 *
 * @param total offers that fit the filters, on all pages
 */
public record OfferPage(List<Offer> offers, long total, int limit, int offset) {}
