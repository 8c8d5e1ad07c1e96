/** Makes performance reports. */
@NullMarked
package io.penstock.worker.report;

import org.jspecify.annotations.NullMarked;
