/** The worker processes as operators see them. */
@NullMarked
package io.penstock.api.workers;

import org.jspecify.annotations.NullMarked;
