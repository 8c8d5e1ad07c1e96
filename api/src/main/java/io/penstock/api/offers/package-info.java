/** What callers may start and read of the offers workload. */
@NullMarked
package io.penstock.api.offers;

import org.jspecify.annotations.NullMarked;
