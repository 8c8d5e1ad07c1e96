/** Probes that every deployable answers. */
@NullMarked
package io.penstock.common.health;

import org.jspecify.annotations.NullMarked;
