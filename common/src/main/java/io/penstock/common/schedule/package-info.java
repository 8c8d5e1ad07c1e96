/** Schedules: when which job is due, what became of each instant, and where both are kept. */
@NullMarked
package io.penstock.common.schedule;

import org.jspecify.annotations.NullMarked;
