/**
 * A sample offer feed that speaks the wire format of the real one, and misbehaves like it: the same offers, failures
 * and broken rows each time, so that what a sweep must find is known beforehand.
 */
@NullMarked
package io.penstock.local.feed;

import org.jspecify.annotations.NullMarked;
