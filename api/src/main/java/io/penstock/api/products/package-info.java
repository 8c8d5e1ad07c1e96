/** Product monitoring over HTTP: what is tracked, by whom, compared with what, and how it went. */
@NullMarked
package io.penstock.api.products;

import org.jspecify.annotations.NullMarked;
