/** How a trace goes with a job from whoever enqueues it to whoever runs it: as the text of W3C's {@code traceparent}. */
@NullMarked
package io.penstock.common.trace;

import org.jspecify.annotations.NullMarked;
