/** Limits on how fast callers may ask, and the state of the guards towards upstreams. */
@NullMarked
package io.penstock.api.flow;

import org.jspecify.annotations.NullMarked;
