/** The live worker processes: what each says of itself, what it is told to do, and what all of them have done lately. */
@NullMarked
package io.penstock.common.workers;

import org.jspecify.annotations.NullMarked;
