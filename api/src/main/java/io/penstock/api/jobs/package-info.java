/** Enqueueing and reading single jobs. */
@NullMarked
package io.penstock.api.jobs;

import org.jspecify.annotations.NullMarked;
