/** What is done again and again: {@link io.penstock.common.loop.PeriodicTask} and the pauses between failures. */
@NullMarked
package io.penstock.common.loop;

import org.jspecify.annotations.NullMarked;
