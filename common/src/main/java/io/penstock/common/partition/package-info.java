/** Tables whose partitions hold one day or one month each. */
@NullMarked
package io.penstock.common.partition;

import org.jspecify.annotations.NullMarked;
