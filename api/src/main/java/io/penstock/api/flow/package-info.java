/** Limits on how fast callers may ask. */
@NullMarked
package io.penstock.api.flow;

import org.jspecify.annotations.NullMarked;
