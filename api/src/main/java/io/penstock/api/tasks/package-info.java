/** Schedules over HTTP: look, define, switch, run now. */
@NullMarked
package io.penstock.api.tasks;

import org.jspecify.annotations.NullMarked;
