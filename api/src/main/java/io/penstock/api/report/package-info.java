/** Performance reports, as JSON and as a page. */
@NullMarked
package io.penstock.api.report;

import org.jspecify.annotations.NullMarked;
