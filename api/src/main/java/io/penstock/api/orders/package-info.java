/** The ticket shop over HTTP: concerts and what is left of them, holds, payments, cancellations. */
@NullMarked
package io.penstock.api.orders;

import org.jspecify.annotations.NullMarked;
