/** Jobs that do nothing useful, so that operators and tests can exercise a live system. */
@NullMarked
package io.penstock.common.diagnostics;

import org.jspecify.annotations.NullMarked;
