/** Tables whose partitions hold one day each. */
@NullMarked
package io.penstock.common.partition;

import org.jspecify.annotations.NullMarked;
