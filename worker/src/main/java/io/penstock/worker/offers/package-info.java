/** Reads the offer feed: the client of its wire format and the handlers of the offers workload. */
@NullMarked
package io.penstock.worker.offers;

import org.jspecify.annotations.NullMarked;
