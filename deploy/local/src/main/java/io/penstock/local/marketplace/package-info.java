/**
 * A sample scraper of a marketplace that speaks the wire format of the real one, both ways, and misbehaves like it: prices, ranks, sellers and
 * reviews that move, answers that fail, break off or hold a page for robots instead of a product.
 */
@NullMarked
package io.penstock.local.marketplace;

import org.jspecify.annotations.NullMarked;
