/**
 * The vocabulary of background work: types, options, outcomes, states. Depends on the JDK alone, so that a
 * payload or a job type can be shared with any program.
 */
@NullMarked
package io.penstock.common.job;

import org.jspecify.annotations.NullMarked;
