/** What the queues did, minute by minute: added up by the workers, kept and rolled up in PostgreSQL. */
@NullMarked
package io.penstock.common.figures;

import org.jspecify.annotations.NullMarked;
