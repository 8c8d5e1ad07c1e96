/** Why a job has not started yet. */
@NullMarked
package io.penstock.api.waiting;

import org.jspecify.annotations.NullMarked;
