package io.penstock.common.schedule;

/**
 * Whether there is anything to do at some time.
 *
 * @param unplanned schedules in force have no next run yet
 * @param due schedules are due
 * @param unattended instants were claimed, and nobody has taken care of them; or they wait for their previous run
 */
public record DueSummary(boolean unplanned, boolean due, boolean unattended) {}
