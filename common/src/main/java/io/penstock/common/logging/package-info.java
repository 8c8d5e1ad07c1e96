/** How the platform's processes log. */
@NullMarked
package io.penstock.common.logging;

import org.jspecify.annotations.NullMarked;
