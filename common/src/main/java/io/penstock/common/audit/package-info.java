/** Who changed what: the entries, and the table they are in. */
@NullMarked
package io.penstock.common.audit;

import org.jspecify.annotations.NullMarked;
