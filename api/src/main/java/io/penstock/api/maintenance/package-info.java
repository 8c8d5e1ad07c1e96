/** Results of the jobs that keep Penstock in order. */
@NullMarked
package io.penstock.api.maintenance;

import org.jspecify.annotations.NullMarked;
