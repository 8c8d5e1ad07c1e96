/** Reads products from the marketplace through a scraper, and does what follows from it: the handlers of product monitoring. */
@NullMarked
package io.penstock.worker.products;

import org.jspecify.annotations.NullMarked;
