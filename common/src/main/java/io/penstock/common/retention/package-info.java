/** What goes when it is old, whoever keeps it. */
@NullMarked
package io.penstock.common.retention;

import org.jspecify.annotations.NullMarked;
