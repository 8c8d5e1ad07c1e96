/** The queue port: what producers, operators and workers may ask of a queue, whatever stores it. */
@NullMarked
package io.penstock.common.queue;

import org.jspecify.annotations.NullMarked;
