/** Bulk operations on course templates: what they would do, what they do, the way back. */
@NullMarked
package io.penstock.api.templates;

import org.jspecify.annotations.NullMarked;
