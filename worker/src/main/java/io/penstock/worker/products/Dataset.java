package io.penstock.worker.products;

import io.penstock.common.products.ProductReading;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What an answer of the scraper held of the products that were asked for.
 *
 * @param readings by id of the item
 * @param missing ids of items that the marketplace does not have, or that the answer left out
 * @param blocked ids of items for which a page for robots or an error page came, or that were cut off: worth another try
 * @param strangers entries about products that were not asked for
 * @param senseless entries that make no sense
 * @param unreadable how many times each field was left empty because it made no sense
 */
record Dataset(
        Map<Long, ProductReading> readings,
        List<Long> missing,
        List<Long> blocked,
        int strangers,
        int senseless,
        Map<String, Integer> unreadable,
        Instant readAt) {}
