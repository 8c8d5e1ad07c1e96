/** Operators act on many jobs at once. */
@NullMarked
package io.penstock.api.operations;

import org.jspecify.annotations.NullMarked;
