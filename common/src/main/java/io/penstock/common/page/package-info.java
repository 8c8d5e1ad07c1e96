/** Lists that are read page by page. */
@NullMarked
package io.penstock.common.page;

import org.jspecify.annotations.NullMarked;
