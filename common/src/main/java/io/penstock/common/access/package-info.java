/** Who is logged in: sessions and the links that begin one. */
@NullMarked
package io.penstock.common.access;

import org.jspecify.annotations.NullMarked;
